import type { Route } from '../http/route.ts';
import type { NewProduct } from '../products/product.ts';
import type { Products } from '../products/products.ts';
import { fields } from './fields.ts';

export const productRoutes = (products: Products): Route[] => [
  {
    method: 'POST',
    path: '/products',
    answer: ({ body }) => ({ status: 201, body: products.add(fields<NewProduct>(body)) }),
  },
  { method: 'GET', path: '/products', answer: () => ({ status: 200, body: products.all() }) },
  {
    method: 'GET',
    path: '/products/:id',
    answer: ({ params }) => ({ status: 200, body: products.get(params.id ?? '') }),
  },
  {
    method: 'POST',
    path: '/products/:id/restock',
    answer: ({ params, body }) => {
      const { quantity } = fields<{ quantity: number }>(body);
      return { status: 200, body: products.restock(params.id ?? '', quantity) };
    },
  },
];
