import { isDeepStrictEqual } from 'node:util';
import { parametersOf } from '../endpoints/endpoint.ts';
import type { ContractFinding } from '../finding.ts';
import { type Difference, judgeDiff } from './judge-diff.ts';
import type { Operation } from './operations.ts';
import { type Documents, locate } from './reference.ts';
import { fillUnsaid } from './unsaid.ts';
import { openApiTools } from './vendor.ts';
import { type OperationView, placeOfOperation, viewOf } from './view.ts';

/** An operation of the contract, and the one that the code tells of in its place. */
export interface Pair {
  contract: Operation;
  code: Operation;
}

/** Findings of one kind in one place of the contract are told once. */
const MAX_FINDINGS = 200;

/** What the code says of its operations, compared with the contract: parameters, bodies, responses. */
export async function compareOperations(
  pairs: readonly Pair[],
  { contract, code }: { contract: Documents; code: Documents },
): Promise<ContractFinding[]> {
  const { apiCompare } = openApiTools();
  const found = new Map<string, { finding: ContractFinding; more: number }>();
  for (const pair of pairs) {
    const before = viewOf(pair.contract, contract, parametersOf(pair.contract.path));
    const after = viewOf(pair.code, code, namesFor(pair));
    const unsaid: Difference[] = [];
    const filled = fillUnsaid(before, after, (path) => {
      unsaid.push({
        level: 'warning',
        path: [...path],
        message: `${path[0] === 'responses' ? `response ${path[1]}` : 'request body'}: the code does not say what it is`,
      });
    }) as OperationView;
    for (const difference of [...unsaid, ...differences(before, filled, apiCompare)]) {
      const { method, path } = pair.contract;
      const at = locate(placeOfOperation(pair.contract, contract), sourcePath(difference), contract);
      const key = `${at.file}:${at.line} ${difference.message.replace(/^[^:]*: /, '')}`;
      const known = found.get(key);
      if (known) known.more += 1;
      else found.set(key, { more: 0, finding: findingOf(difference, `${method} ${path}`, at) });
    }
  }
  return [...found.values()]
    .slice(0, MAX_FINDINGS)
    .map(({ finding, more }) =>
      more === 0 ? finding : { ...finding, message: `${finding.message} (and in ${more} more)` },
    );
}

function differences(
  before: OperationView,
  after: OperationView,
  apiCompare: (a: unknown, b: unknown) => { diffs: Parameters<typeof judgeDiff>[0][] },
): Difference[] {
  if (isDeepStrictEqual(before, after)) return [];
  const whole = (view: OperationView) => ({
    openapi: '3.0.3',
    info: { title: '', version: '' },
    paths: { '/x': { get: view } },
  });
  const judged = apiCompare(whole(before), whole(after)).diffs.flatMap(
    ({ path, ...diff }) => judgeDiff({ ...diff, path: path.slice(3) }, before) ?? [],
  );
  // A property that is gone is told once, not also as one that is no longer required.
  const gone = new Set(judged.filter(({ path }) => path.at(-2) === 'properties').map(({ path }) => path.join('/')));
  return judged.filter(({ path, message }) => {
    const owner = path.slice(0, -2).join('/');
    const name = message.split(': ').at(-1)?.split(' ')[0] ?? '';
    return path.at(-2) !== 'required' || !gone.has(`${owner}/properties/${name}`);
  });
}

function namesFor({ contract, code }: Pair): string[] {
  const names = parametersOf(contract.path);
  const own = parametersOf(code.path);
  return names.length === own.length ? names : own;
}

/** Parameters of a path and of an operation are one list here, which stands nowhere in the document. */
function sourcePath({ path }: Difference): (string | number)[] {
  return path[0] === 'parameters' ? ['parameters'] : path;
}

function findingOf(
  { level, message, path }: Difference,
  operation: string,
  contract: { file: string; line: number },
): ContractFinding {
  return { code: codeOf(path), level, basis: 'exact', contract, message: `${operation}: ${message}` };
}

function codeOf([part]: readonly (string | number)[]): string {
  if (part === 'parameters') return 'parameter-mismatch';
  return part === 'requestBody' ? 'request-mismatch' : 'response-mismatch';
}
