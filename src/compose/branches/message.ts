import { coAuthorTrailers } from '../../git/authors.ts';
import type { Oid } from '../../run/event.ts';
import { unwrapped } from '../../util/one-line.ts';
import { maskFor } from '../mask.ts';
import type { Candidate } from './candidates.ts';
import type { Site } from './site.ts';

/** Of the merge commit of one branch. */
export function branchMessage({ context, plan }: Site, { name, subject, task }: Candidate): string {
  const title = unwrapped(maskFor(context)(task?.title ?? subject));
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
  const trailers = [
    ...branches.flatMap(({ task }) => (plan !== null && task !== null ? [`Copse-Task: ${plan.name}/${task.id}`] : [])),
    ...(options.style === 'squash' ? await coAuthorTrailers(git, tip, [onto]) : []),
  ];
  const end = trailers.length > 0 ? `\n${trailers.join('\n')}\n` : '';
  return `${unwrapped(title)}\n\n${list.join('\n')}\n${end}`;
}
