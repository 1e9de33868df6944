import { posix } from 'node:path';
import type { Contract } from '../finding.ts';

/** Contracts that the contract imports from, as files beside the one that is compiled. */
export interface Siblings {
  /** By file name. */
  files: ReadonlyMap<string, string>;
  /** A text of this path, which imports those files; no line moves. */
  linked(path: string, text: string): string;
}

/** Other contracts of TypeScript: `./user`, `./user.js` and `./user.ts` of one are the file `contract-1.mts` of here. */
export function siblingsOf(contract: Contract, all: readonly Contract[] = []): Siblings {
  const others = all.filter(({ path }) => path !== contract.path && /\.[cm]?ts$/.test(path));
  const names = new Map(others.map(({ path }, index) => [stemOf(path), `contract-${index + 1}`]));
  function linked(path: string, text: string): string {
    return text.replaceAll(/(\bfrom\s*|\bimport\s*\(\s*)(['"])(\.[^'"]+)\2/g, (whole, before, quote, specifier) => {
      const name = names.get(stemOf(posix.join(posix.dirname(path), specifier)));
      return name === undefined ? whole : `${before}${quote}./${name}.mjs${quote}`;
    });
  }
  const files = others.map(({ path, text }) => [`${names.get(stemOf(path))}.mts`, linked(path, text)] as const);
  return { files: new Map(files), linked };
}

function stemOf(path: string): string {
  return path.replace(/(?:\.d)?\.[cm]?[jt]s$/, '');
}
