const OK = '{ responses: { "200": { description: ok } } }';
const ID = '[{ name: id, in: path, required: true, schema: { type: string } }]';

/** What all shops answer to. */
export const API = `openapi: 3.0.3
info: { title: Shop, version: "1" }
paths:
  /orders:
    post: ${OK}
  /orders/{id}:
    parameters: ${ID}
    get: ${OK}
  /refunds:
    get: ${OK}
    post: ${OK}
  /carts/{id}:
    parameters: ${ID}
    put: ${OK}
`;
