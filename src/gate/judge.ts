import { agent } from './agent.ts';
import { claim } from './claim.ts';
import { commits } from './commits.ts';
import { content } from './content.ts';
import { contracts } from './contracts.ts';
import { files } from './files.ts';
import type { AttemptFacts, Gate, Judgement } from './gate.ts';
import { history } from './history.ts';
import { marker } from './marker.ts';
import { repository } from './repository.ts';
import { resolution } from './resolution.ts';
import { scope } from './scope.ts';

/** In this order: the first failure is the attempt's. */
const GATES: readonly Gate[] = [agent, history, commits, marker, contracts, scope, files, content, repository, claim];

/** What a task changed was judged before it conflicted: of its resolution counts what that changed. */
const OF_A_RESOLUTION = GATES.flatMap((gate) =>
  gate === scope ? [] : gate === history ? [history, resolution] : [gate],
);

/** Of a branch that was made elsewhere nobody knows more than what is in it. */
const OF_CONTENT: readonly Gate[] = [commits, content];
const OF_A_TASK: readonly Gate[] = [commits, contracts, scope, files, content];

/** Judges a branch that was made elsewhere; `hasTask`: it is held to the scope and the contracts of one. */
export function judgeBranch(facts: AttemptFacts, hasTask: boolean): Judgement {
  return judgeBy(hasTask ? OF_A_TASK : OF_CONTENT, facts);
}

/** Judges an attempt by what was measured. Every gate gives evidence, also behind one that failed. */
export function judgeAttempt(facts: AttemptFacts): Judgement {
  return judgeBy(facts.resolution ? OF_A_RESOLUTION : GATES, facts);
}

function judgeBy(gates: readonly Gate[], facts: AttemptFacts): Judgement {
  const results = gates.map((gate) => gate(facts));
  return {
    evidence: results.map(({ evidence }) => evidence),
    failure: results.find(({ failure }) => failure !== null)?.failure ?? null,
  };
}
