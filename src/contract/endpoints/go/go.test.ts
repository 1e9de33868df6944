import { describe, expect, it } from 'vitest';
import { endpointsOf } from '../../../../test/rig/endpoints.ts';

describe('net/http', () => {
  it('reads patterns of Go 1.22, subtrees, and a mux below another', async () => {
    const found = await endpointsOf({
      'cmd/api/main.go': `package main

import (
	"net/http"
	"example.org/shop/internal/users"
)

const base = "/api/v1"

func main() {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", health)
	mux.HandleFunc("POST "+base+"/orders/{id}/lines", addLine)
	mux.HandleFunc("GET example.org/{$}", home)
	mux.Handle("/static/", http.FileServer(dir))
	users.Register(mux)
	inner := http.NewServeMux()
	inner.HandleFunc("DELETE /cache/{key...}", purge)
	mux.Handle("/internal/", http.StripPrefix("/internal", inner))
	http.HandleFunc("/debug", debug)
	log.Fatal(http.ListenAndServe(":8080", logging(mux)))
}
`,
      'internal/users/routes.go': `package users

import "net/http"

func Register(mux *http.ServeMux) {
	h := &handler{}
	mux.HandleFunc("GET /users/{id}", h.one)
}
`,
    });
    expect(found).toEqual([
      'ANY /debug cmd/api/main.go:20',
      'ANY /static cmd/api/main.go:15',
      'ANY /static/{*} cmd/api/main.go:15',
      'DELETE /internal/cache/{*key} cmd/api/main.go:18',
      'GET / cmd/api/main.go:14',
      'GET /health cmd/api/main.go:12',
      'GET /users/{id} internal/users/routes.go:7',
      'POST /api/v1/orders/{id}/lines cmd/api/main.go:13',
    ]);
  });
});

describe('chi', () => {
  it('nests routes, groups, mounts, and functions that make or take a router', async () => {
    const found = await endpointsOf({
      'internal/api/server.go': `package api

import (
	"net/http"
	"github.com/go-chi/chi/v5"
)

type Server struct {
	router *chi.Mux
}

func NewServer() *Server {
	s := &Server{router: chi.NewRouter()}
	s.routes()
	return s
}

func (s *Server) routes() {
	s.router.Use(logger)
	s.router.Get("/health", s.health)
	s.router.Route("/users", func(r chi.Router) {
		r.Get("/", s.list)
		r.With(paginate).Post("/", s.create)
		r.Route("/{userID:[0-9]+}", func(r chi.Router) {
			r.Use(s.userContext)
			r.Get("/", s.one)
			r.MethodFunc(http.MethodPatch, "/", s.change)
		})
		r.Group(func(r chi.Router) {
			r.Delete("/all", s.clear)
		})
	})
	s.router.Route("/orders", s.orderRoutes)
	s.router.Mount("/admin", adminResource{}.Routes())
}
`,
      'internal/api/orders.go': `package api

import "github.com/go-chi/chi/v5"

func (s *Server) orderRoutes(r chi.Router) {
	r.Get("/", s.orders)
	r.Handle("/files/*", files)
}

type adminResource struct{}

func (rs adminResource) Routes() chi.Router {
	r := chi.NewRouter()
	r.Put("/flags/{name}", rs.set)
	return r
}

func client(c *http.Client) {
	c.Get("/not/ours")
}
`,
    });
    expect(found).toEqual([
      'ANY /orders/files/{*} internal/api/orders.go:7',
      'DELETE /users/all internal/api/server.go:30',
      'GET /health internal/api/server.go:20',
      'GET /orders internal/api/orders.go:6',
      'GET /users internal/api/server.go:22',
      'GET /users/{userID} internal/api/server.go:26',
      'PATCH /users/{userID} internal/api/server.go:27',
      'POST /users internal/api/server.go:23',
      'PUT /admin/flags/{name} internal/api/orders.go:14',
    ]);
  });
});

it('gorilla/mux, which is alike', async () => {
  const found = await endpointsOf({
    'main.go': `package main

import "github.com/gorilla/mux"

func router() *mux.Router {
	r := mux.NewRouter()
	api := r.PathPrefix("/api").Subrouter()
	api.HandleFunc("/users/{id:[0-9]+}", one).Methods("GET", "DELETE")
	return r
}
`,
  });
  expect(found).toEqual(['DELETE /api/users/{id} main.go:8', 'GET /api/users/{id} main.go:8']);
});
