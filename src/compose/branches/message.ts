import { maskFor } from '../mask.ts';
import type { Candidate } from './candidates.ts';
import type { Site } from './site.ts';

/** Of the merge commit of one branch. */
export function branchMessage({ context, plan }: Site, { name, subject, task }: Candidate): string {
  const title = oneLine(maskFor(context)(task?.title ?? subject));
  const trailer = plan !== null && task !== null ? `\n\nCopse-Task: ${plan.name}/${task.id}` : '';
  return `Merge ${name}: ${title}${trailer}\n`;
}

/** Of the one commit that a landing makes, where it makes one. */
export function setMessage({ context, plan, options }: Site, names: readonly string[]): string {
  const title = plan === null ? `Merge ${options.globs.join(' ')}` : maskFor(context)(plan.title);
  return `${oneLine(title)}\n\n${names.map((name) => `- ${name}`).join('\n')}\n`;
}

const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim();
