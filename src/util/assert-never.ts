/** Ends an exhaustive switch: a new member of a union fails to compile at every place that must handle it. */
export function assertNever(value: never): never {
  throw new Error(`unhandled case: ${JSON.stringify(value)}`);
}
