import { Problem } from '../core/problem.ts';
import { createRecords } from '../core/records.ts';
import type { Quantity } from '../products/product.ts';
import type { Products } from '../products/products.ts';
import type { Users } from '../users/users.ts';
import type { Order } from './order.ts';

export interface Orders {
  /** Takes the stock and writes the order. Throws `invalid`, `not-found`, `conflict`; then nothing was taken. */
  place(fields: { userId: string; lines: Quantity[] }): Order;
  /** Gives the stock back. Throws `not-found`, and `conflict` when it is cancelled already. */
  cancel(id: string): Order;
  /** Throws `not-found`. */
  get(id: string): Order;
  all(): Order[];
}

export function createOrders({ users, products }: { users: Users; products: Products }): Orders {
  const records = createRecords<Order>('order');
  return {
    place({ userId, lines: wanted }) {
      const user = users.get(userId);
      if (!Array.isArray(wanted) || wanted.length === 0) throw new Problem('invalid', 'an order has lines');
      const lines = wanted.map(({ productId, quantity }) => ({
        productId,
        quantity,
        unitPriceCents: products.get(productId).priceCents,
      }));
      products.take(lines);
      const totalCents = lines.reduce((sum, line) => sum + line.quantity * line.unitPriceCents, 0);
      return records.add({ userId: user.id, lines, totalCents, status: 'placed' });
    },
    cancel(id) {
      const order = records.get(id);
      if (order.status === 'cancelled') throw new Problem('conflict', `${id} is cancelled already`);
      for (const { productId, quantity } of order.lines) products.restock(productId, quantity);
      return records.update(id, { status: 'cancelled' });
    },
    get: records.get,
    all: records.all,
  };
}
