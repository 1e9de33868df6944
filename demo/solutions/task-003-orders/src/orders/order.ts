export interface OrderLine {
  productId: string;
  quantity: number;
  /** The price on the day of the order. */
  unitPriceCents: number;
}

export interface Order {
  id: string;
  userId: string;
  lines: OrderLine[];
  totalCents: number;
  status: 'placed' | 'cancelled';
}
