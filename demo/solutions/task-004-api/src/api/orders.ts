import type { Route } from '../http/route.ts';
import type { Orders } from '../orders/orders.ts';
import type { Quantity } from '../products/product.ts';
import { fields } from './fields.ts';

export const orderRoutes = (orders: Orders): Route[] => [
  {
    method: 'POST',
    path: '/orders',
    answer: ({ body }) => {
      return { status: 201, body: orders.place(fields<{ userId: string; lines: Quantity[] }>(body)) };
    },
  },
  { method: 'GET', path: '/orders', answer: () => ({ status: 200, body: orders.all() }) },
  { method: 'GET', path: '/orders/:id', answer: ({ params }) => ({ status: 200, body: orders.get(params.id ?? '') }) },
  {
    method: 'POST',
    path: '/orders/:id/cancel',
    answer: ({ params }) => ({ status: 200, body: orders.cancel(params.id ?? '') }),
  },
];
