import { realpathSync } from 'node:fs';
import { type ChecklistResult, runChecklist } from '../check/checklist.ts';
import { outsideEnv, withoutAgentKeys } from '../git/env.ts';
import { projectEnv } from '../integrate/project-env.ts';
import { checklistOf } from '../plan/checklist.ts';
import type { Task } from '../plan/plan.ts';
import { listed, oneLine } from '../run/describe.ts';
import type { Evidence } from '../run/event.ts';
import type { Failure } from '../run/failure.ts';
import type { Wiring } from './wiring.ts';

const TIMEOUT_MS = 30 * 60_000;
const MAX_TAIL = 3_000;
const MAX_FAILED = 5;

/** Runs the commands of a task's checklist in its workspace. Null when it has none, or they are not asked for. */
export async function checklistGate(
  { context, project, open, mask }: Pick<Wiring, 'context' | 'project' | 'open' | 'mask'>,
  { task, workspace }: { task: Task; workspace: string },
): Promise<{ evidence: Evidence; failure: Failure | null } | null> {
  const { settings } = open.state;
  if (settings.checklist !== 'run') return null;
  const items = checklistOf(task.checklist);
  if (items.every(({ argv }) => argv === null)) return null;
  if (settings.pattern !== 'worktree') {
    const summary = `not run: with the pattern ${settings.pattern} the task has no workspace of its own`;
    return { evidence: { gate: 'checklist', verdict: 'warn', summary }, failure: null };
  }
  const root = realpathSync(workspace);
  const env = projectEnv(root, outsideEnv(withoutAgentKeys(context.env, project.config.secrets.pass)));
  const ran = await runChecklist(items, { root, env, timeoutMs: TIMEOUT_MS, signal: context.signal });
  const results = JSON.parse(mask(JSON.stringify(ran))) as ChecklistResult[];
  const failed = results.filter(({ result }) => result === 'failed');
  const failure: Failure | null =
    failed.length === 0 ? null : { code: 'checklist', items: failed.map(keptOf).slice(0, MAX_FAILED) };
  const details = { items: results.map(({ tail, ...result }) => result) };
  return { evidence: { gate: 'checklist', ...verdictOf(results), details }, failure };
}

function keptOf({ text, command, exit, why, tail }: ChecklistResult) {
  return { text, command, exit, tail: [why, tail.slice(-MAX_TAIL)].filter(Boolean).join('\n') };
}

function verdictOf(results: readonly ChecklistResult[]): Pick<Evidence, 'verdict' | 'summary'> {
  const of = (wanted: ChecklistResult['result']) => results.filter(({ result }) => result === wanted);
  const told = (some: readonly ChecklistResult[]) =>
    listed(
      some.map(({ text, why }) => (why ? `${text} (${why})` : text)),
      3,
    );
  const failed = of('failed');
  if (failed.length > 0) return { verdict: 'fail', summary: oneLine(`of the checklist fails: ${told(failed)}`, 600) };
  const open = of('not-checked').filter(({ command, why }) => command !== null || why !== 'for people');
  if (open.length > 0)
    return { verdict: 'warn', summary: oneLine(`of the checklist could not be run: ${told(open)}`, 600) };
  return { verdict: 'pass', summary: oneLine(`of the checklist passes: ${told(of('passed'))}`, 600) };
}
