import { checklistOf } from '../plan/checklist.ts';
import type { Plan } from '../plan/plan.ts';
import type { TaskState } from '../run/state.ts';
import { detailsOf, type ReportItem } from './details.ts';

/** The items as the last attempt left them; nothing was checked where they were only to be shown. */
export function checklistItems(plan: Plan, { seed, attempts }: TaskState): ReportItem[] {
  const { items: ran } = detailsOf(attempts.at(-1), 'checklist');
  if (ran) return ran.map(({ text, command, result, why }) => ({ text, command, result, ...(why && { why }) }));
  const task = plan.tasks.find(({ id }) => id === seed.id);
  return checklistOf(task?.checklist ?? '').map(({ text, argv }) => ({
    text,
    command: argv?.join(' ') ?? null,
    result: 'not-checked',
  }));
}
