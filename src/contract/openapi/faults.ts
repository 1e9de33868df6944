import type { Contract, ContractFinding } from '../finding.ts';
import { type ApiDocument, isOpenApi, readDocument } from './document.ts';
import { openApiTools } from './vendor.ts';

/** Faults of one contract that are told. */
const MAX_FAULTS = 20;

/** What is wrong with a contract by itself: it cannot be read, or does not follow the specification. */
export async function openApiFaults(contract: Contract): Promise<ContractFinding[]> {
  const read = readDocument(contract);
  if (!read.ok && read.isEmpty) return [];
  if (!read.ok) return [fault(contract.path, read.line, `it cannot be read: ${read.message}`)];
  return isOpenApi(read.document) ? faultsOf(read.document) : [];
}

/** Faults of a contract are nobody's who works by it: they are told, and fail nothing. */
export async function faultsOf({ path, value, lineOf }: ApiDocument): Promise<ContractFinding[]> {
  const { validate } = openApiTools();
  const result = await validate(structuredClone(value), { resolve: { external: false } });
  const errors = result.valid ? [] : result.errors;
  return errors.slice(0, MAX_FAULTS).map(({ message }) => {
    const said = message.split('\n')[0]!.slice(0, 300);
    const place = /`\/paths(\/[^`]*?)(?:\/(get|put|post|delete|patch|options|head|trace))?`/.exec(said);
    return fault(path, place ? lineOf(['paths', place[1]!, ...(place[2] ? [place[2]] : [])]) : lineOf([]), said);
  });
}

function fault(file: string, line: number, message: string): ContractFinding {
  return { code: 'invalid-openapi', level: 'warning', basis: 'exact', contract: { file, line }, message };
}
