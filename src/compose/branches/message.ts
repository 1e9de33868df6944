import { authorsOf, ownIdentity } from '../../git/authors.ts';
import type { Oid } from '../../run/event.ts';
import { maskFor } from '../mask.ts';
import type { Candidate } from './candidates.ts';
import type { Site } from './site.ts';

/** Of the merge commit of one branch. */
export function branchMessage({ context, plan }: Site, { name, subject, task }: Candidate): string {
  const title = oneLine(maskFor(context)(task?.title ?? subject));
  const trailer = plan !== null && task !== null ? `\n\nCopse-Task: ${plan.name}/${task.id}` : '';
  return `Merge ${name}: ${title}${trailer}\n`;
}

/** Of the one commit that a landing makes, where it makes one. A squash names who made the commits that it stands for. */
export async function setMessage(
  { context, project, plan, options, onto }: Site,
  { tip, branches }: { tip: Oid; branches: readonly Candidate[] },
): Promise<string> {
  const { git } = project.repository;
  const title = plan === null ? `Merge ${options.globs.join(' ')}` : maskFor(context)(plan.title);
  const list = branches.map(({ name }) => `- ${name}`);
  const self = await ownIdentity(git);
  const others = options.style === 'squash' ? await authorsOf(git, tip, [onto]) : [];
  const trailers = [
    ...branches.flatMap(({ task }) => (plan !== null && task !== null ? [`Copse-Task: ${plan.name}/${task.id}`] : [])),
    ...others.filter((author) => author !== self).map((author) => `Co-authored-by: ${author}`),
  ];
  const end = trailers.length > 0 ? `\n${trailers.join('\n')}\n` : '';
  return `${oneLine(title)}\n\n${list.join('\n')}\n${end}`;
}

const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim();
