import { checklistOf } from '../plan/checklist.ts';
import type { Plan } from '../plan/plan.ts';
import type { TaskState } from '../run/state.ts';
import type { Check } from './stack.ts';

/** One item of a checklist. `command`: null where it is for people, or a threshold. */
export interface ReportItem {
  text: string;
  command: string | null;
  result: Check;
  why?: string;
}

/** The items as the last attempt left them; nothing was checked where they were only to be shown. */
export function checklistItems(plan: Plan, { seed, attempts }: TaskState): ReportItem[] {
  const evidence = attempts.at(-1)?.evidence.find(({ gate }) => gate === 'checklist');
  const ran = (evidence?.details as { items?: ReportItem[] } | undefined)?.items;
  if (ran) return ran.map(({ text, command, result, why }) => ({ text, command, result, ...(why && { why }) }));
  const task = plan.tasks.find(({ id }) => id === seed.id);
  return checklistOf(task?.checklist ?? '').map(({ text, argv }) => ({
    text,
    command: argv?.join(' ') ?? null,
    result: 'not-checked',
  }));
}
