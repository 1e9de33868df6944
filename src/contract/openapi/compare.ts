import { type Endpoint, parametersOf, segmentsOf } from '../endpoints/endpoint.ts';
import type { ContractFinding } from '../finding.ts';
import { keyOf, type Match, matchEndpoints } from './match.ts';
import type { Operation } from './operations.ts';

export interface Compared {
  contract: string;
  operations: readonly Operation[];
  /** Operations of other contracts: what is theirs is not too much. */
  others: readonly Operation[];
  endpoints: readonly Endpoint[];
  /** Whether something may be called missing. */
  complete: boolean;
  /** `exact` when the endpoints are what the project says of itself. */
  basis: ContractFinding['basis'];
}

/** Endpoints beside the contract that are named one by one; of more, their number. */
const MAX_EXTRA = 20;

/** The operations of a document beside what the code answers to. */
export function compareEndpoints(compared: Compared): ContractFinding[] {
  const { operations, endpoints, complete } = compared;
  const match = matchEndpoints(operations, endpoints);
  const spent = new Set<Endpoint>();
  const unmet = match.missing.flatMap((operation) => {
    const other = otherMethod(operation, match) ?? otherParameters(operation, match, spent);
    if (other) spent.add(other.endpoint);
    const finding = other?.finding ?? missing(operation, match);
    return finding.code === 'missing-endpoint' && !complete ? [] : [finding];
  });
  const extra = match.extra.filter((endpoint) => !spent.has(endpoint));
  const notes = [...renamed(match), ...extraOnes(withoutOthers(extra, compared.others))];
  return [...unmet, ...notes].map((said) => findingOf(said, compared));
}

/** What a finding says; the rest is the same for all of them. */
type Said = Pick<ContractFinding, 'code' | 'level' | 'message'> & { line?: number; endpoint?: Endpoint };

function findingOf({ line, endpoint, ...said }: Said, { contract, basis }: Compared): ContractFinding {
  return {
    ...said,
    basis,
    contract: { file: contract, ...(line !== undefined && { line }) },
    ...(endpoint && endpoint.file !== '' && { at: { file: endpoint.file, line: endpoint.line } }),
  };
}

function missing(operation: Operation, match: Match): Said {
  const [sibling] = match.at(operation);
  const instead = sibling ? `; ${sibling.path} answers to ${methodsOf(match.at(operation))}` : '';
  return {
    code: 'missing-endpoint',
    level: 'error',
    line: operation.line,
    message: `no endpoint for ${named(operation)} was found${instead}`,
    ...(sibling && { endpoint: sibling }),
  };
}

interface Other {
  finding: Said;
  endpoint: Endpoint;
}

/** At the same path is an endpoint that no operation asks for: probably the same thing, by another method. */
function otherMethod(operation: Operation, match: Match): Other | null {
  const endpoint = match.at(operation).find((each) => match.extra.includes(each));
  if (!endpoint) return null;
  const message = `the contract has ${named(operation)}, the code ${named(endpoint)}`;
  return { endpoint, finding: { code: 'method-mismatch', level: 'error', line: operation.line, endpoint, message } };
}

/** The same words with other parameters between them. */
function otherParameters(operation: Operation, match: Match, spent: ReadonlySet<Endpoint>): Other | null {
  const words = (path: string) => keyOf(segmentsOf(path).filter((part) => !part.startsWith('{')));
  const wanted = new Set(operation.bases.map((base) => words(base + operation.path)).concat(words(operation.path)));
  wanted.delete('');
  const isIt = (each: Endpoint) => !spent.has(each) && wanted.has(words(each.path));
  const endpoint = match.extra.find((each) => [operation.method, 'ANY'].includes(each.method) && isIt(each));
  if (!endpoint) return null;
  const message = `the contract has ${named(operation)}, the code ${named(endpoint)}: other path parameters`;
  const finding: Said = { code: 'path-parameter-mismatch', level: 'error', line: operation.line, endpoint, message };
  return { endpoint, finding };
}

/** The names of path parameters mean nothing to a client, but something to whoever reads both. */
function renamed({ found }: Match): Said[] {
  return [...found].flatMap(([operation, endpoint]) => {
    const [wanted, there] = [parametersOf(operation.path), parametersOf(endpoint.path)];
    if (wanted.length !== there.length) return []; // one of them is in the prefix
    const differ = wanted.filter((name, at) => name !== there[at]);
    if (differ.length === 0) return [];
    const other = there.filter((name, at) => name !== wanted[at]);
    const message = `${named(operation)}: the code calls {${differ.join('}, {')}} {${other.join('}, {')}}`;
    return [{ code: 'path-parameter-name', level: 'note' as const, line: operation.line, endpoint, message }];
  });
}

function withoutOthers(extra: readonly Endpoint[], others: readonly Operation[]): Endpoint[] {
  return others.length === 0 ? [...extra] : matchEndpoints(others, extra).extra;
}

function extraOnes(extra: readonly Endpoint[]): Said[] {
  const notes = extra.slice(0, MAX_EXTRA).map((endpoint) => ({
    code: 'extra-endpoint',
    level: 'note' as const,
    endpoint,
    message: `${named(endpoint)} is not in the contract`,
  }));
  const more = extra.length - notes.length;
  const message =
    more === 1 ? 'one more endpoint is not in the contract' : `${more} more endpoints are not in the contract`;
  return more > 0 ? [...notes, { code: 'extra-endpoint', level: 'note', message }] : notes;
}

function named({ method, path }: { method: string; path: string }): string {
  return `${method} ${path}`;
}

function methodsOf(endpoints: readonly Endpoint[]): string {
  return [...new Set(endpoints.map(({ method }) => method))].join(', ');
}
