/** The same shop in Python; its tests need nothing but Python. */
export const PYTHON: Record<string, string> = {
  '.gitignore': '__pycache__/\n',
  'pyproject.toml': '[project]\nname = "shop"\nversion = "0.1.0"\ndependencies = ["fastapi"]\n',
  'uv.lock': 'version = 1\n',
  'shop/__init__.py': '',
  'shop/orders.py': `"""What customers ask for."""
from dataclasses import dataclass, field


@dataclass
class OrderLine:
    sku: str
    quantity: int
    unit_cents: int


@dataclass
class Order:
    id: str
    customer: str
    lines: list[OrderLine] = field(default_factory=list)


class Orders:
    def __init__(self) -> None:
        self._all: dict[str, Order] = {}

    def place(self, order: Order) -> Order:
        self._all[order.id] = order
        return order

    def find(self, id: str) -> Order | None:
        return self._all.get(id)

    def cancel(self, id: str) -> bool:
        return self._all.pop(id, None) is not None


def total_cents(order: Order) -> int:
    return sum(line.quantity * line.unit_cents for line in order.lines)
`,
  'shop/money.py': `"""Money, in cents."""


def show(cents: int) -> str:
    return f"{cents / 100:.2f}"


def parse(text: str) -> int:
    return round(float(text) * 100)
`,
  'shop/customers.py': `"""Who asks."""


def is_known(email: str | None) -> bool:
    return email is not None
`,
  'shop/legacy.py': `"""Rates, as they were."""


def rate(country: str) -> int:
    return 19 if country == "DE" else 0
`,
  'shop/report.py': `"""What was sold."""


def monthly(cents: int) -> str:
    return f"a month: {cents}"


def quarterly(cents: int) -> str:
    return f"a quarter: {cents}"


def yearly(cents: int) -> str:
    return f"a year: {cents}"
`,
  'shop/stock.py': `"""What is there."""


class Stock:
    def __init__(self, total: int, sold: int) -> None:
        self.total = total
        self.sold = sold

    def left(self) -> int:
        return self.total - self.sold
`,
  'shop/api/__init__.py': '',
  'shop/api/app.py': `from fastapi import FastAPI

from shop.api import carts, orders, refunds

app = FastAPI()
app.include_router(orders.router, prefix="/orders")
app.include_router(refunds.router, prefix="/refunds")
app.include_router(carts.router, prefix="/carts")
`,
  'shop/api/orders.py': `from fastapi import APIRouter

from shop.orders import Orders

router = APIRouter()
orders = Orders()


@router.get("/{id}")
def find(id: str):
    return orders.find(id)


@router.post("")
def place(order: dict):
    return order
`,
  'shop/api/refunds.py': 'from fastapi import APIRouter\n\nrouter = APIRouter()\n',
  'shop/api/carts.py': 'from fastapi import APIRouter\n\nrouter = APIRouter()\n',
  'shop/api/shelves.py': `from fastapi import APIRouter

router = APIRouter()


@router.get("/levels")
def levels():
    return []


@router.get("/moves")
def moves():
    return []


@router.get("/counts")
def counts():
    return []
`,
  'db/migrations/0001_orders.sql': 'CREATE TABLE orders (id text PRIMARY KEY);\n',
  'tests/__init__.py': '',
  'tests/test_orders.py': `import unittest

from shop.orders import Order, OrderLine, total_cents


class OrderTest(unittest.TestCase):
    def test_total(self):
        order = Order("1", "c", [OrderLine("a", 2, 150)])
        self.assertEqual(total_cents(order), 300)
`,
  'tests/test_legacy.py': `import unittest

from shop.legacy import rate


class RateTest(unittest.TestCase):
    def test_austria(self):
        self.assertEqual(rate("AT"), 20)
`,
  'docs/discounts.md': '# Discounts\n\nTen percent.\nNever more.\n',
  'README.md': '# Shop\n\nOrders, customers and money.\n',
};
