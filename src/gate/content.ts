import { type ContentFinding, type ContentProblem, isUnfit, UNFIT } from '../run/content.ts';
import { listed, oneLine } from '../run/describe.ts';
import type { Failure } from '../run/failure.ts';
import type { Gate } from './gate.ts';

/** Findings kept in a journal line; the summary tells how many there were. */
const MAX_KEPT = 100;

/** What the files are, whatever the scope says of their paths: some nobody may land, some a person should look at. */
export const content: Gate = ({ findings }) => {
  const unfit = findings.filter(({ problem }) => isUnfit(problem));
  const ordered = [...unfit, ...findings.filter(({ problem }) => !isUnfit(problem))];
  return {
    evidence: {
      gate: 'content',
      verdict: unfit.length > 0 ? 'fail' : findings.length > 0 ? 'warn' : 'pass',
      summary: findings.length === 0 ? 'nothing unusual in the files' : summarize(ordered),
      details: { total: findings.length, findings: ordered.slice(0, MAX_KEPT) },
    },
    failure: failureOf(unfit),
  };
};

/** Named after the first kind in the order of the list; the others are in the evidence. */
function failureOf(unfit: readonly ContentFinding[]): Failure | null {
  const code = UNFIT.find((problem) => unfit.some((each) => each.problem === problem));
  return code ? { code, findings: unfit.filter(({ problem }) => problem === code).slice(0, MAX_KEPT) } : null;
}

function summarize(findings: readonly ContentFinding[]): string {
  const parts = (Object.keys(SAID) as ContentProblem[]).flatMap((problem) => {
    const found = findings.filter((each) => each.problem === problem).map(({ path, detail }) => `${path} (${detail})`);
    return found.length === 0 ? [] : [`${SAID[problem]}: ${listed(found, 3)}`];
  });
  return oneLine(parts.join('; '), 600);
}

const SAID: Record<ContentProblem, string> = {
  'too-large': 'too large',
  'conflict-markers': 'conflict markers',
  'symlink-outside': 'a link out of the repository',
  'nested-repository': 'a repository inside the repository',
  'unsafe-name': 'a name that breaks checkouts',
  secret: 'a secret of the environment',
  'looks-secret': 'looks like a key',
  'windows-name': 'a name that Windows refuses',
  'line-endings': 'only line endings changed',
  executable: 'made executable',
  submodule: 'submodule',
  'install-script': 'runs when somebody installs',
};
