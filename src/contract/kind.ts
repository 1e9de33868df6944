import type { Contract, ContractKind } from './finding.ts';

const BY_ENDING: Record<string, ContractKind> = {
  ts: 'typescript',
  mts: 'typescript',
  cts: 'typescript',
  py: 'python',
  pyi: 'python',
  sql: 'sql',
};

/** What a contract describes: by its ending, and where that says little by its text. */
export function kindOf({ path, text }: Contract): ContractKind {
  const ending = /\.([A-Za-z]+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
  if (Object.hasOwn(BY_ENDING, ending)) return BY_ENDING[ending]!;
  if (!['yaml', 'yml', 'json'].includes(ending)) return 'other';
  if (/(?:^|[{,])\s*["']?(?:openapi|swagger)["']?\s*:/m.test(text)) return 'openapi';
  if (/\.schema\.[a-z]+$/i.test(path)) return 'json-schema';
  if (/(?:^|[{,])\s*["']?\$(?:schema|defs)["']?\s*:/m.test(text)) return 'json-schema';
  // The name that every plan gives its API, also before there is anything in it.
  return /(?:^|\/)(?:api-schema|openapi|swagger)\.[a-z]+$/i.test(path) ? 'openapi' : 'other';
}
