import { Problem } from '../core/problem.ts';
import { createRecords } from '../core/records.ts';
import type { NewProduct, Product, Quantity } from './product.ts';

export interface Products {
  /** Throws `invalid` for fields that are no product, `conflict` for a sku that is taken. */
  add(fields: NewProduct): Product;
  /** Throws `not-found`. */
  get(id: string): Product;
  all(): Product[];
  /** Puts pieces on the shelf. Throws `invalid`, `not-found`. */
  restock(id: string, quantity: number): Product;
  /** Takes every line off the shelf, or nothing at all. Throws `invalid`, `not-found`, `conflict` when stock is short. */
  take(lines: Quantity[]): void;
}

export function createProducts(): Products {
  const records = createRecords<Product>('product');

  function restock(id: string, quantity: number): Product {
    whole(quantity, 'a quantity', 1);
    return records.update(id, { stock: records.get(id).stock + quantity });
  }

  return {
    add(fields) {
      const product = checked(fields);
      if (records.find(({ sku }) => sku === product.sku)) throw new Problem('conflict', `${product.sku} is taken`);
      return records.add(product);
    },
    get: records.get,
    all: records.all,
    restock,
    take(lines) {
      const needed = totals(lines);
      for (const [id, quantity] of needed) {
        const { name, stock } = records.get(id);
        if (stock < quantity) throw new Problem('conflict', `${quantity} × ${name} wanted, ${stock} left`);
      }
      for (const [id, quantity] of needed) records.update(id, { stock: records.get(id).stock - quantity });
    },
  };
}

/** Pieces of each product: two lines of the same product must not see the same stock twice. */
function totals(lines: Quantity[]): Map<string, number> {
  const needed = new Map<string, number>();
  for (const { productId, quantity } of lines) {
    whole(quantity, 'a quantity', 1);
    needed.set(productId, (needed.get(productId) ?? 0) + quantity);
  }
  return needed;
}

function checked({ sku, name, priceCents, stock }: NewProduct): NewProduct {
  if (typeof sku !== 'string' || !/^[A-Z0-9-]+$/.test(sku)) throw new Problem('invalid', `${sku} is not a sku`);
  if (typeof name !== 'string' || name.trim() === '') throw new Problem('invalid', 'a product has a name');
  whole(priceCents, 'a price', 0);
  whole(stock, 'a stock', 0);
  return { sku, name: name.trim(), priceCents, stock };
}

function whole(value: number, what: string, least: number): void {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new Problem('invalid', `${what} is a whole number, ${least} or more`);
  }
}
