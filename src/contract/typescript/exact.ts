import type { Worktree } from '../checker.ts';
import type { Contract, ContractFinding } from '../finding.ts';
import type { SourceTree } from '../tree.ts';
import type { Found, Module } from '../types/shape.ts';
import { type CompileError, compile } from './compile.ts';
import { type Generated, generate, type Pair, parameterNames } from './generate.ts';
import { interpret, type Verdict } from './interpret.ts';
import { siblingsOf } from './siblings.ts';
import { projectOf } from './tsconfig.ts';

export interface ExactOptions {
  contract: Contract;
  module: Module;
  tree: SourceTree;
  worktree: Worktree;
  pairs: readonly Pair[];
  /** The other contracts. */
  siblings?: readonly Contract[] | undefined;
}

export interface Exact {
  verdicts: Verdict[];
  /** Of the contract itself. */
  findings: ContractFinding[];
}

/** Lets the project's own compiler compare types, a run for each project of the repository that has some of them. */
export async function compareExactly({
  contract,
  module,
  tree,
  worktree,
  pairs,
  siblings,
}: ExactOptions): Promise<Exact> {
  const told = pairs.flatMap((pair) => untypable(pair) ?? []);
  const rest = pairs.filter((pair) => !told.some((each) => each.pair === pair));
  const folders = new Map(rest.map((pair) => [pair, projectOf(pair.code.file, tree)]));
  const { files: beside, linked } = siblingsOf(contract, siblings);
  const result: Exact = { verdicts: told, findings: [] };
  for (const folder of new Set(folders.values())) {
    const own = rest.filter((pair) => folders.get(pair) === folder);
    let generated: Generated | undefined;
    const errors = await compile({
      tree,
      worktree,
      folder,
      beside,
      write(place) {
        generated = generate({
          contract: { ...contract, module },
          pairs: rest,
          isProbed: (pair) => own.includes(pair),
          folder: place,
        });
        return linked(contract.path, generated.text);
      },
    });
    const failed = 'failed' in errors ? errors.failed : silence(generated!, errors);
    if (failed !== null) result.verdicts.push(...own.map((pair) => ({ pair, findings: [], unknown: failed })));
    else {
      const seen = errors as CompileError[];
      result.verdicts.push(...interpret(generated!, seen, own));
      if (result.findings.length === 0) result.findings = contractFindings(contract, generated!, seen);
    }
  }
  return result;
}

/** What cannot be written down for the compiler. */
function untypable(pair: Pair): Verdict | null {
  const { wanted, code } = pair;
  const { name } = wanted.shape;
  if (code.shape.exported === undefined) {
    return { pair, findings: [], unknown: `${name} is not exported from ${code.file}` };
  }
  const want = parameterNames(wanted.shape.parameters ?? '').length;
  const have = parameterNames(code.shape.parameters ?? '').length;
  const required = have - (code.shape.parameters?.match(/[^=!<>]=(?![=>])/g)?.length ?? 0);
  if (want >= required && want <= have) return null;
  return {
    pair,
    findings: [
      parametersFinding(wanted, code, `${name} has ${want} type parameters in the contract, and ${have} here`),
    ],
    unknown: null,
  };
}

function parametersFinding(wanted: Found, code: Found, message: string): ContractFinding {
  return {
    code: 'wrong-parameters',
    level: 'error',
    basis: 'exact',
    contract: { file: wanted.file, line: wanted.shape.line },
    at: { file: code.file, line: code.shape.line },
    message,
  };
}

/** The line that must fail did not: the compiler did not get as far as to compare types. */
function silence({ canary }: Generated, errors: readonly CompileError[]): string | null {
  if (errors.some(({ line }) => line === canary)) return null;
  return `tsc did not compare anything: ${errors[0]?.message ?? 'it said nothing'}`;
}

/** Names and modules that are not there, and what is no TypeScript: types that depend on it are not what the contract means. */
const BROKEN = new Set([2304, 2305, 2307, 2503, 2552, 2614, 2694, 2724]);

function contractFindings(
  { path }: Contract,
  { contractLines }: Generated,
  errors: readonly CompileError[],
): ContractFinding[] {
  return errors
    .filter(({ line, code }) => line <= contractLines && (code < 2000 || BROKEN.has(code)))
    .map(({ line, message }) => ({
      code: 'contract-error',
      level: 'warning',
      basis: 'exact',
      contract: { file: path, line },
      message: `the contract does not compile: ${message}`,
    }));
}
