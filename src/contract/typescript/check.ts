import type { Checker, Worktree } from '../checker.ts';
import { type Contract, type ContractFinding, notChecked } from '../finding.ts';
import type { SourceTree } from '../tree.ts';
import { sidesOf } from '../types/names.ts';
import { outcomeOf } from '../types/outcome.ts';
import { readShapes } from '../types/read-shapes.ts';
import { siblingsIn } from '../types/read-sources.ts';
import { bestOf, reportType } from '../types/report.ts';
import type { Modules } from '../types/shape.ts';
import { compareExactly } from './exact.ts';
import { declaredIn, typescriptFiles } from './files.ts';
import { typescriptNames } from './inherit.ts';
import { type Match, matchesOf } from './match.ts';

/**
 * Compares the exported types of `types.ts` with those of the same names in the code. With the tree on the disk the project's own
 * compiler does it, which is exact; without, it is done by what can be read.
 */
export const checkTypescript: Checker = async (contract, tree, options) => {
  const names = declaredIn(contract.text);
  if (names.length === 0) return notChecked(contract, 'typescript', 'it declares no type');
  const { declaring, all } = await typescriptFiles(names, contract.path, tree);
  const read = await (options.readShapes ?? readShapes)([
    ...siblingsIn(options.siblings, contract, /\.[cm]?ts$/),
    { ...contract, references: true },
    ...all,
  ]);
  if ('failed' in read) return notChecked(contract, 'typescript', read.failed);
  const { modules } = read;
  if (!modules.has(contract.path)) return notChecked(contract, 'typescript', 'it is too large to be parsed');
  const files = declaring.map(({ path }) => path);
  const matches = matchesOf(modules, { path: contract.path, files, isOwn: options.isOwn });
  const found = matches.filter(({ candidates }) => candidates.length > 0);
  const others = matches.filter(({ candidates }) => candidates.length === 0);
  const { worktree } = options;
  const seen = worktree
    ? await byCompiler(found, { contract, modules, tree, worktree, siblings: options.siblings })
    : {
        compared: found,
        findings: found.flatMap((each) => bySource(each, modules)),
        unknown: unreadable(found, modules),
      };
  return outcomeOf({
    contract,
    kind: 'typescript',
    complete: options.complete,
    compared: [...seen.compared, ...others.filter(({ isSame }) => isSame)].map(({ wanted }) => wanted.shape.name),
    missing: others.filter(({ isSame }) => !isSame).map(({ wanted }) => wanted.shape),
    findings: seen.findings,
    unknown: seen.unknown,
  });
};

/** What the compiler would say. */
function unreadable(matches: readonly Match[], modules: Modules): string[] {
  const files = matches.flatMap(({ wanted, candidates }) => [wanted, ...candidates].map(({ file }) => file));
  const file = files.find((each) => modules.get(each)?.hasErrors);
  return file === undefined ? [] : [`${file} holds what is no TypeScript`];
}

function bySource({ wanted, candidates }: Match, modules: Modules): ContractFinding[] {
  return reportType(wanted, candidates, (file) => ({
    byName: false,
    sides: sidesOf(typescriptNames(modules, wanted.file), typescriptNames(modules, file)),
  }));
}

interface Context {
  contract: Contract;
  modules: Modules;
  tree: SourceTree;
  worktree: Worktree;
  siblings: readonly Contract[] | undefined;
}

/** What the compiler could not tell is told by what can be read, and is no pass. */
async function byCompiler(matches: readonly Match[], { contract, modules, tree, worktree, siblings }: Context) {
  const module = modules.get(contract.path)!;
  const pairs = matches.flatMap(({ wanted, candidates }) => candidates.map((code) => ({ wanted, code })));
  const { verdicts, findings } = await compareExactly({ contract, module, tree, worktree, pairs, siblings });
  const compared: Match[] = [];
  const unknown = findings.map(({ message }) => message);
  for (const match of matches) {
    const own = verdicts.filter(({ pair }) => pair.wanted === match.wanted);
    const known = own.filter((verdict) => verdict.unknown === null);
    if (known.length > 0) {
      compared.push(match);
      findings.push(
        ...bestOf(
          match.wanted,
          known.map((each) => ({ code: each.pair.code, findings: each.findings })),
        ),
      );
    } else {
      unknown.push(...own.flatMap((verdict) => verdict.unknown ?? []).slice(0, 1));
      findings.push(...bySource(match, modules));
    }
  }
  return { compared, findings, unknown };
}
