import { describe, expect, it } from 'vitest';
import { endpointsOf } from '../../../../test/rig/endpoints.ts';

describe('FastAPI', () => {
  it('joins prefixes of routers and of their inclusion, over files', async () => {
    const found = await endpointsOf({
      'app/main.py': `from fastapi import FastAPI
from app.core.config import settings
from app.routers import items, users
from .routers.admin import router as admin_router

def create_app() -> FastAPI:
    app = FastAPI(title="Shop")
    app.include_router(users.router, prefix="/api")
    app.include_router(items.router, prefix=settings.API)
    app.include_router(admin_router)

    @app.get("/health")
    async def health():
        return {"ok": True}

    return app
`,
      'app/routers/__init__.py': '',
      'app/routers/users.py': `from fastapi import APIRouter, Depends
BASE = "/users"
router = APIRouter(prefix=BASE, tags=["users"])

@router.get("/", response_model=list[User])
async def list_users(): ...

@router.get("/{user_id}")
@cached
async def one(user_id: int): ...

@router.put(
    "/{user_id}/files/{name:path}",
    status_code=204,
)
async def put(user_id: int, name: str): ...
`,
      'app/routers/items.py': `from fastapi import APIRouter
router = APIRouter()
@router.api_route("/items", methods=["GET", "POST"])
def items(): ...
`,
      'app/routers/admin.py': `from fastapi import APIRouter
from . import audit
router = APIRouter(prefix="/admin")
router.include_router(audit.router, prefix="/audit")
`,
      'app/routers/audit.py': `import fastapi
router = fastapi.APIRouter()
router.add_api_route("/", log, methods=["GET"])
client.get("/not/ours")
`,
    });
    expect(found).toEqual([
      'GET /admin/audit app/routers/audit.py:3',
      'GET /api/users app/routers/users.py:5',
      'GET /api/users/{user_id} app/routers/users.py:8',
      'GET /health app/main.py:12',
      'GET ?/items app/routers/items.py:3',
      'POST ?/items app/routers/items.py:3',
      'PUT /api/users/{user_id}/files/{*name} app/routers/users.py:12',
    ]);
  });
});

describe('Flask', () => {
  it('reads routes and blueprints, whose prefix the registration replaces', async () => {
    const found = await endpointsOf({
      'shop/__init__.py': `from flask import Flask
def create_app():
    app = Flask(__name__)
    from .orders import bp as orders_bp
    from . import carts
    app.register_blueprint(orders_bp)
    app.register_blueprint(carts.bp, url_prefix="/v2/carts")
    app.add_url_rule("/users/<int:user_id>", view_func=UserAPI.as_view("user"))
    return app

class UserAPI(MethodView):
    def get(self, user_id): ...
    def delete(self, user_id): ...
`,
      'shop/orders.py': `from flask import Blueprint
bp = Blueprint("orders", __name__, url_prefix="/orders")

@bp.route("/<uuid:order_id>", methods=["GET", "PATCH"])
def order(order_id): ...

@bp.post("/")
def create(): ...

@bp.route("/files/<path:name>")
def files(name): ...
`,
      'shop/carts.py': `from flask import Blueprint
bp = Blueprint("carts", __name__, url_prefix="/carts")
@bp.get("/<string(length=2):code>")
def cart(code): ...
`,
    });
    expect(found).toEqual([
      'DELETE /users/{user_id} shop/__init__.py:8',
      'GET /orders/files/{*name} shop/orders.py:10',
      'GET /orders/{order_id} shop/orders.py:4',
      'GET /users/{user_id} shop/__init__.py:8',
      'GET /v2/carts/{code} shop/carts.py:3',
      'PATCH /orders/{order_id} shop/orders.py:4',
      'POST /orders shop/orders.py:7',
    ]);
  });
});

describe('Django', () => {
  it('follows include, and tells methods of views', async () => {
    const found = await endpointsOf({
      'config/urls.py': `from django.contrib import admin
from django.urls import include, path, re_path
urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/", include("apps.users.urls")),
    path("api/v2/", include(([path("ping/", ping)], "v2"))),
    re_path(r"^legacy/(?P<year>[0-9]{4})/$", legacy),
]
`,
      'apps/users/urls.py': `from django.urls import path
from . import views
from .views import UserDetail
app_name = "users"
urlpatterns = [
    path("users/", views.user_list),
    path("users/<int:pk>/", UserDetail.as_view()),
    path("me/", views.MeView.as_view({"get": "retrieve", "patch": "partial_update"})),
]
urlpatterns += [path("export/", views.export, name="export")]
`,
      'apps/users/views.py': `from rest_framework import generics
from django.views.decorators.http import require_POST

@api_view(["GET", "POST"])
def user_list(request): ...

class UserDetail(Base, generics.RetrieveUpdateDestroyAPIView):
    http_method_names = ["get", "put", "delete"]

class Base:
    def options(self, request): ...

@login_required
@require_POST
def export(request): ...
`,
    });
    expect(found).toEqual([
      'ANY /api/v2/ping config/urls.py:6',
      'ANY /legacy/{year} config/urls.py:7',
      'DELETE /api/users/{pk} apps/users/urls.py:7',
      'GET /api/me apps/users/urls.py:8',
      'GET /api/users apps/users/urls.py:6',
      'GET /api/users/{pk} apps/users/urls.py:7',
      'PATCH /api/me apps/users/urls.py:8',
      'POST /api/export apps/users/urls.py:10',
      'POST /api/users apps/users/urls.py:6',
      'PUT /api/users/{pk} apps/users/urls.py:7',
    ]);
  });

  it('knows view sets of the REST framework and their further actions', async () => {
    const found = await endpointsOf({
      'shop/urls.py': `from django.urls import include, path
from rest_framework.routers import DefaultRouter
from shop.orders.api import OrderViewSet, TagViewSet
router = DefaultRouter()
router.register(r"orders", OrderViewSet, basename="order")
router.register("tags", TagViewSet)
urlpatterns = [path("api/", include(router.urls))]
`,
      'shop/orders/api.py': `from rest_framework import viewsets, mixins
class OrderViewSet(viewsets.ModelViewSet):
    lookup_field = "number"
    http_method_names = ["get", "post"]

    @action(detail=True, methods=["post"], url_path="close")
    def close_it(self, request, number=None): ...

    @action(detail=False)
    def recent(self, request): ...

class TagViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    def destroy(self, request, pk=None): ...
`,
    });
    expect(found).toEqual([
      'DELETE /api/tags/{pk} shop/urls.py:6',
      'GET /api/orders shop/urls.py:5',
      'GET /api/orders/recent shop/orders/api.py:9',
      'GET /api/orders/{number} shop/urls.py:5',
      'GET /api/tags shop/urls.py:6',
      'POST /api/orders shop/urls.py:5',
      'POST /api/orders/{number}/close shop/orders/api.py:6',
    ]);
  });
});
