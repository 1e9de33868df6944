import type { Gate } from './gate.ts';

/** Stands in the root of the workspace once the agent says it is done. */
export const MARKER = '.claude-task-complete';

/** The completion marker: a claim of the agent, missed but never decisive. */
export const marker: Gate = ({ result, changes }) => {
  const committed = changes.some(({ path, kind }) => path === MARKER && kind !== 'deleted');
  const [verdict, summary] = committed
    ? (['warn', `${MARKER} was committed`] as const)
    : result.marker
      ? (['pass', `${MARKER} is there`] as const)
      : (['warn', `${MARKER} is missing`] as const);
  return { evidence: { gate: 'marker', verdict, summary }, failure: null };
};
