export interface Product {
  id: string;
  /** The warehouse's own number; belongs to one product only. */
  sku: string;
  name: string;
  priceCents: number;
  stock: number;
}

export type NewProduct = Omit<Product, 'id'>;

/** So many pieces of a product. */
export interface Quantity {
  productId: string;
  quantity: number;
}
