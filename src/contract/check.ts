import type { Checker, CheckOptions } from './checker.ts';
import { type Contract, type ContractCheck, type ContractKind, notChecked } from './finding.ts';
import { checkJsonSchema } from './json-schema/check.ts';
import { kindOf } from './kind.ts';
import { checkOpenApi } from './openapi/check.ts';
import { checkPython } from './python/check.ts';
import { checkSql } from './sql/check.ts';
import type { SourceTree } from './tree.ts';
import { checkTypescript } from './typescript/check.ts';

/** Who checks what: one file a kind. */
const CHECKERS: Partial<Record<ContractKind, Checker>> = {
  openapi: checkOpenApi,
  typescript: checkTypescript,
  python: checkPython,
  'json-schema': checkJsonSchema,
  sql: checkSql,
};

/** Checks one contract on one tree. */
export async function checkContract(
  contract: Contract,
  tree: SourceTree,
  options: CheckOptions,
): Promise<ContractCheck> {
  const kind = kindOf(contract);
  const checker = CHECKERS[kind];
  if (contract.text.trim() === '') return notChecked(contract, kind, 'the contract is empty');
  if (checker === undefined) return notChecked(contract, kind, WHY[kind] ?? 'nothing here can check it');
  return checker(contract, tree, options);
}

const WHY: Partial<Record<ContractKind, string>> = {
  other: 'it is no OpenAPI document, no types, no JSON Schema and no SQL',
};
