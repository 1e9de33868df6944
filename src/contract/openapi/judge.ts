import { endpointsIn } from '../endpoints/extract.ts';
import type { Contract, ContractFinding } from '../finding.ts';
import { compareEndpoints } from './compare.ts';
import { isOpenApi, readDocument } from './document.ts';
import { againstEmitted, type Subject } from './emitted.ts';
import { faultsOf } from './faults.ts';
import { operationsOf } from './operations.ts';
import type { Documents } from './reference.ts';

/** All that judging one OpenAPI contract takes: data, so that another process can do it. */
export interface Question {
  contract: Contract;
  /** Other contracts, which it may refer to, and whose endpoints are none too many. */
  siblings: Contract[];
  /** Source by path. */
  sources: Record<string, string>;
  /** See {@link CheckOptions}. */
  complete: boolean;
  /** What the project says its API is. */
  emitted?: string;
  /** What is wrong with the contract by itself, when that is known: to find it takes longer than everything else. */
  faults?: ContractFinding[];
}

export interface Answer {
  /** Why nothing was compared; null when it was. */
  notChecked: string | null;
  findings: ContractFinding[];
  /** Of these, what is wrong with the contract by itself; absent when nobody looked. */
  faults?: ContractFinding[];
}

/** Parses, validates, and compares a contract with what the project says of itself, else with what can be read off its source. */
export async function judge(question: Question): Promise<Answer> {
  const { contract, siblings } = question;
  const read = readDocument(contract);
  if (!read.ok && read.isEmpty) return { notChecked: 'the contract is empty', findings: [] };
  if (!read.ok) return { notChecked: `it cannot be read: line ${read.line}: ${read.message}`, findings: [] };
  const { document } = read;
  if (!isOpenApi(document)) return { notChecked: 'it is no OpenAPI document', findings: [] };
  const faults = question.faults ?? (await faultsOf(document));
  const operations = operationsOf(document);
  if (operations.length === 0) return { notChecked: 'it has no paths', findings: faults, faults };
  const others = siblings.map(readDocument).flatMap((each) => (each.ok ? [each.document] : []));
  const documents: Documents = { main: document, others: new Map(others.map((each) => [each.path, each])) };
  const subject: Subject = {
    operations,
    others: others.filter(isOpenApi).flatMap(operationsOf),
    documents,
    complete: question.complete,
  };
  const exact = question.emitted === undefined ? null : await againstEmitted(subject, question.emitted);
  if (exact?.ok) return { notChecked: null, findings: [...faults, ...exact.findings], faults };
  const { notChecked, findings } = await againstSource(subject, question.sources);
  return { notChecked, findings: [...faults, ...(exact ? exact.findings : []), ...findings], faults };
}

async function againstSource(subject: Subject, sources: Question['sources']): Promise<Answer> {
  const endpoints = await endpointsIn(sources);
  if (endpoints.length === 0) {
    return { notChecked: 'no endpoint of a framework that is known here was found in the code', findings: [] };
  }
  const contract = subject.documents.main.path;
  return { notChecked: null, findings: compareEndpoints({ ...subject, contract, endpoints, basis: 'advisory' }) };
}
