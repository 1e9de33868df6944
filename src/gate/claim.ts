import { listed, oneLine } from '../run/describe.ts';
import { describeRequests } from '../run/describe-request.ts';
import type { AttemptResult, Claim } from '../run/event.ts';
import type { AskedEntry } from '../run/failure.ts';
import type { Change } from '../scope/scope.ts';
import type { Gate } from './gate.ts';

/** The agent's JSON block beside what was measured. A claim never decides; a wrong one is shown. */
export const claim: Gate = ({ result, changes, asks }) => {
  const said = result.claim;
  if (said === null)
    return { evidence: { gate: 'claim', verdict: 'pass', summary: 'the agent claims nothing' }, failure: null };
  const unfounded = unfoundedFiles(said, changes);
  const doubts = [...doubtsAbout(said), ...untested(said, result), ...missingFiles(unfounded), ...besides(said, asks)];
  const unseen = (said.tests_run ?? 0) > 0 && result.ranTests === undefined;
  const agrees = unseen
    ? `the claim agrees with the evidence; whether its ${said.tests_run} tests ran cannot be seen with this agent`
    : 'the claim agrees with the evidence';
  return {
    evidence: {
      gate: 'claim',
      verdict: doubts.length > 0 ? 'warn' : 'pass',
      summary: doubts.length > 0 ? oneLine(doubts.join('; '), 600) : agrees,
      details: { unfounded: unfounded.slice(0, 100) },
    },
    failure: null,
  };
};

function doubtsAbout(said: Claim): string[] {
  const { tests_run: run, tests_passed: passed = 0, tests_failed: failed = 0 } = said;
  const doubts: (string | false)[] = [
    said.task_completed === false && 'says the task is not completed',
    said.validation_passed === false && 'says validation did not pass',
    said.validation_passed === true && run === 0 && 'says validation passed, and that no test ran',
    failed > 0 && `says ${failed} tests failed`,
    run !== undefined && passed + failed > run && `counts ${passed + failed} test results for ${run} tests`,
    Boolean(said.error_message) && `reports an error: ${oneLine(said.error_message ?? '', 200)}`,
  ];
  return doubts.filter((doubt) => doubt !== false);
}

function untested({ tests_run: run = 0 }: Claim, { ranTests }: AttemptResult): string[] {
  return run > 0 && ranTests === false
    ? [`counts ${run} tests, and its transcript shows no command that runs any`]
    : [];
}

function besides({ task_completed }: Claim, asks: readonly AskedEntry[]): string[] {
  return asks.length > 0 && task_completed === true ? [describeRequests(asks)] : [];
}

function missingFiles(unfounded: string[]): string[] {
  return unfounded.length === 0 ? [] : [`names files that it did not change: ${listed(unfounded, 3)}`];
}

/** Claimed files that are in no commit. Agents name them relative to the workspace or by their absolute path there. */
function unfoundedFiles({ files_created = [], files_modified = [] }: Claim, changes: Change[]): string[] {
  const changed = new Set(changes.map(({ path }) => path));
  const isChanged = (claimed: string) => {
    const path = claimed.replaceAll('\\', '/').replace(/^(?:\.\/)+/, '');
    if (!path.startsWith('/')) return changed.has(path);
    for (let i = path.indexOf('/'); i >= 0; i = path.indexOf('/', i + 1))
      if (changed.has(path.slice(i + 1))) return true;
    return false;
  };
  return [...new Set([...files_created, ...files_modified])].filter((path) => !isChanged(path));
}
