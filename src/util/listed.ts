/** `a, b, c and 4 more`. */
export function listed(items: readonly string[], shown: number): string {
  const rest = items.length - shown;
  return rest > 0 ? `${items.slice(0, shown).join(', ')} and ${rest} more` : items.join(', ');
}
