import type { Endpoint } from '../endpoints/endpoint.ts';
import type { ContractFinding } from '../finding.ts';
import { isRecord } from '../record.ts';
import { compareEndpoints } from './compare.ts';
import { compareOperations } from './diff.ts';
import { type ApiDocument, isOpenApi, readDocument } from './document.ts';
import { matchEndpoints } from './match.ts';
import { type Operation, operationsOf } from './operations.ts';
import type { Documents } from './reference.ts';

/** A contract that is compared. */
export interface Subject {
  operations: Operation[];
  /** Of the other contracts. */
  others: Operation[];
  documents: Documents;
  complete: boolean;
}

/** `ok`: what the project printed is a document, and the findings are of the comparison. */
export interface Emitted {
  ok: boolean;
  findings: ContractFinding[];
}

/** Compares a contract with the document that the project printed of itself. */
export async function againstEmitted(subject: Subject, emitted: string): Promise<Emitted> {
  const { operations, documents } = subject;
  const contract = documents.main.path;
  const read = readDocument({ path: '(emitted)', text: emitted });
  if (!read.ok || !isOpenApi(read.document)) {
    const why = read.ok ? 'it is no OpenAPI document' : `line ${read.line}: ${read.message}`;
    const message = `what contracts.openapi.emit printed is not used: ${why}`;
    const finding = { code: 'no-emitted-document', level: 'warning', basis: 'exact', message } as const;
    return { ok: false, findings: [{ ...finding, contract: { file: contract } }] };
  }
  const code: Documents = { main: read.document, others: new Map() };
  const endpoints = asEndpoints(operationsOf(read.document));
  const found = compareEndpoints({ ...subject, contract, endpoints: [...endpoints.keys()], basis: 'exact' });
  if (!isVersion3(documents.main) || !isVersion3(read.document)) return { ok: true, findings: found };
  const pairs = [...matchEndpoints(operations, [...endpoints.keys()]).found].map(([operation, endpoint]) => ({
    contract: operation,
    code: endpoints.get(endpoint)!,
  }));
  return { ok: true, findings: [...found, ...(await compareOperations(pairs, { contract: documents, code }))] };
}

/** Operations of a document as if they had been read off code: what is compared by path and method is compared alike. */
function asEndpoints(operations: readonly Operation[]): Map<Endpoint, Operation> {
  return new Map(
    operations.map((operation) => {
      const { method, path, bases } = operation;
      return [{ method, path: `${bases[0] ?? ''}${path}`, framework: 'emitted', file: '', line: 0 }, operation];
    }),
  );
}

function isVersion3({ value }: ApiDocument): boolean {
  return typeof value.openapi === 'string' && value.openapi.startsWith('3.') && isRecord(value.paths);
}
