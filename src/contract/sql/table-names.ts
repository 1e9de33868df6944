import type { Shape } from '../types/shape.ts';

/** `order_lines` may be of a class OrderLine or OrderLines, `shop_order` (of a Django app) of Order. */
export function classesOf(table: string): string[] {
  const words = table.split('_').filter((word) => word !== '');
  return words.flatMap((_, index) => {
    const rest = words.slice(index);
    return [rest, [...rest.slice(0, -1), singular(rest.at(-1)!)]].map((each) => each.map(capital).join(''));
  });
}

/** A class says the name of its table, or it follows from its own, with the name of an app before it or without. */
export function isTableOf(table: string, shape: Shape): boolean {
  if (typeof shape.table === 'string') return shape.table.split('.').at(-1)!.toLowerCase() === table;
  const name = shape.name.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toLowerCase();
  const plain = name.replaceAll('_', '');
  const forms = [name, plain];
  return forms.some((form) => [table, withSingular(table)].some((each) => each === form || each.endsWith(`_${form}`)));
}

function withSingular(table: string): string {
  const at = table.lastIndexOf('_') + 1;
  return table.slice(0, at) + singular(table.slice(at));
}

function singular(word: string): string {
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (/(?:ss|sh|ch|x|z)es$/.test(word)) return word.slice(0, -2);
  return word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word;
}

function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}
