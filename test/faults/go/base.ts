/** The same shop in Go. */
export const GO: Record<string, string> = {
  'go.mod': 'module shop\n\ngo 1.19\n',
  'go.sum': '',
  'orders/orders.go': `// Package orders knows what customers ask for.
package orders

// Line is one thing of an order.
type Line struct {
	SKU       string
	Quantity  int
	UnitCents int
}

// Order is what a customer asked for.
type Order struct {
	ID       string
	Customer string
	Lines    []Line
}

// Orders keeps them.
type Orders struct{ all map[string]Order }

// Find gives one.
func (o *Orders) Find(id string) (Order, bool) {
	order, ok := o.all[id]
	return order, ok
}

// Cancel forgets one.
func (o *Orders) Cancel(id string) {
	delete(o.all, id)
}

// TotalCents is what an order costs.
func TotalCents(order Order) int {
	sum := 0
	for _, line := range order.Lines {
		sum += line.Quantity * line.UnitCents
	}
	return sum
}
`,
  'orders/orders_test.go': `package orders

import "testing"

func TestTotal(t *testing.T) {
	order := Order{Lines: []Line{{Quantity: 2, UnitCents: 150}}}
	if TotalCents(order) != 300 {
		t.Error("an order costs what its lines cost")
	}
}
`,
  'money/money.go': `// Package money counts in cents.
package money

import "strconv"

// Show writes an amount for people.
func Show(cents int) string {
	return strconv.Itoa(cents/100) + "." + strconv.Itoa(cents%100)
}
`,
  'customers/customers.go': `// Package customers knows who asks.
package customers

// IsKnown says whether somebody is.
func IsKnown(email string) bool {
	return email != ""
}
`,
  'legacy/rates.go': `// Package legacy has rates as they were.
package legacy

// Rate of a country, in percent.
func Rate(country string) int {
	if country == "DE" {
		return 19
	}
	return 0
}
`,
  'legacy/rates_test.go': `package legacy

import "testing"

func TestAustria(t *testing.T) {
	if Rate("AT") != 20 {
		t.Error("Austria has its own rate")
	}
}
`,
  'report/report.go': `// Package report tells what was sold.
package report

// Months of a year.
const Months = 12
`,
  'api/app.go': `// Package api is what the shop answers to.
package api

import "net/http"

// Routes of all parts.
func Routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /orders/{id}", order)
	mux.HandleFunc("POST /orders", order)
	refunds(mux)
	carts(mux)
	stock(mux)
	return mux
}

func order(w http.ResponseWriter, r *http.Request) {}
`,
  'api/refunds.go': 'package api\n\nimport "net/http"\n\nfunc refunds(mux *http.ServeMux) {\n}\n',
  'api/carts.go': 'package api\n\nimport "net/http"\n\nfunc carts(mux *http.ServeMux) {\n}\n',
  'api/stock.go': 'package api\n\nimport "net/http"\n\nfunc stock(mux *http.ServeMux) {\n}\n',
  'db/migrations/0001_orders.sql': 'CREATE TABLE orders (id bigint NOT NULL);\n',
  'docs/discounts.md': '# Discounts\n\nTen percent.\nNever more.\n',
  'README.md': '# Shop\n\nOrders, customers and money.\n',
};
