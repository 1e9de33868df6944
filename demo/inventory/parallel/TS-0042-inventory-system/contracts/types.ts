// The types all tasks agree on. A design document: recreate them in your module, never import this file.

export type Role = 'clerk' | 'manager';

export interface User {
  id: string;
  name: string;
  email: string;
  role: Role;
}

export interface Product {
  id: string;
  sku: string;
  name: string;
  priceCents: number;
  stock: number;
}

/** So many pieces of a product. */
export interface Quantity {
  productId: string;
  quantity: number;
}

export interface OrderLine extends Quantity {
  unitPriceCents: number;
}

export interface Order {
  id: string;
  userId: string;
  lines: OrderLine[];
  totalCents: number;
  status: 'placed' | 'cancelled';
}

export interface Users {
  register(fields: Omit<User, 'id'>): User;
  get(id: string): User;
  all(): User[];
}

export interface Products {
  add(fields: Omit<Product, 'id'>): Product;
  get(id: string): Product;
  all(): Product[];
  restock(id: string, quantity: number): Product;
  /** Every line or nothing. */
  take(lines: Quantity[]): void;
}

export interface Orders {
  place(fields: { userId: string; lines: Quantity[] }): Order;
  cancel(id: string): Order;
  get(id: string): Order;
  all(): Order[];
}
