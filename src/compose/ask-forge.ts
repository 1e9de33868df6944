import type { PullRequest } from '../forge/forge.ts';
import { forgeAt, openRequest } from '../forge/open-request.ts';
import { hostedAt } from '../forge/remote.ts';
import { outsideEnv, withoutAgentKeys } from '../git/env.ts';
import { addressOf, push } from '../git/push.ts';
import type { Report } from '../report/report.ts';
import type { Oid, RunEventBody } from '../run/event.ts';
import { integrationBranch, type RunState } from '../run/state.ts';
import { unwrapped } from '../util/one-line.ts';
import type { LandingContext } from './integrate.ts';
import { reportIn } from './integrate-report.ts';
import { maskFor } from './mask.ts';
import type { Project } from './project.ts';
import type { ChosenRemote } from './remote.ts';
import { cutLines, renderReport } from './report.ts';
import type { PullRequestResult, Requested } from './requested.ts';

/** What is asked for, and where. */
export interface Asking {
  context: LandingContext;
  project: Project;
  state: RunState;
  target: string;
  tip: Oid;
  chosen: ChosenRemote;
}

/** What would come of the merge. */
export type Merged = { is: 'there' } | { is: 'conflict'; paths: string[] } | { is: 'made'; from: Oid; to: Oid };

/** GitHub takes no longer body of a pull request than 65,536 characters. */
const MAX_BODY = 60_000;

/** Of a merge request 255 characters, of a pull request 256. */
const MAX_TITLE = 255;

export function namesOf({ state, chosen }: Asking): Pick<PullRequestResult, 'remote' | 'branch' | 'base'> {
  const branch = integrationBranch(state);
  return { remote: chosen.remote, branch, base: chosen.base };
}

/** Pushes what is new, and asks for its merge. */
export async function ask(
  asking: Asking,
  { merged, report, append }: { merged: Merged; report: Report; append: (event: RunEventBody) => void },
): Promise<Requested> {
  if (merged.is !== 'made') return merged;
  const { project, tip } = asking;
  const { remote, branch, base } = namesOf(asking);
  const pushed = await push(project.repository.git, { remote, commit: tip, branch });
  if (!pushed.ok) return { is: 'not-pushed', pushed };
  const requested = await openAt(asking, report);
  const url = requested.is === 'open' ? requested.url : null;
  append({ type: 'pull-request.opened', remote, branch, base, commit: tip, url });
  return requested;
}

/** Asks the forge, if there is one here. */
async function openAt(asking: Asking, report: Report): Promise<Requested> {
  const { context, project, state } = asking;
  const { repository, config } = project;
  const { remote, branch, base } = namesOf(asking);
  const mask = maskFor(context);
  const alone = { is: 'pushed' as const, program: null, page: null, command: null, logins: [] };
  const address = await addressOf(repository.git, remote);
  const hosted = address === null ? null : hostedAt(address);
  if (hosted === null) return { ...alone, message: `${remote} is on no forge that could be asked for the merge` };
  const place = { cwd: repository.root, env: outsideEnv(withoutAgentKeys(context.env, config.secrets.pass)) };
  const found = await forgeAt(place, hosted);
  if (found.is === 'unknown') {
    const { host, said, logins } = found;
    const message = [`nobody here knows how to ask ${host} for the merge`, ...said].join('\n');
    return { ...alone, message: mask(message), logins };
  }
  const { forge, at, installed } = found;
  const request: PullRequest = { at, branch, base, title: titleOf(asking), body: bodyOf(asking, report) };
  const command = forge.command(request, reportIn(state.planDir));
  const byHand = { ...alone, program: forge.program, page: forge.page(request), command };
  if (!installed) return { ...byHand, message: `${forge.program} is not installed` };
  const answer = await openRequest(place, forge, request);
  if (answer.ok) return { is: 'open', url: answer.url, existing: answer.existing, noun: forge.noun };
  return { ...byHand, message: mask(answer.message), logins: answer.login === null ? [] : [answer.login] };
}

function titleOf({ context, state }: Asking): string {
  const title = unwrapped(maskFor(context)(state.title));
  return title.length > MAX_TITLE ? `${title.slice(0, MAX_TITLE - 1)}…` : title;
}

/** The report, without where things are on this machine. */
function bodyOf({ context, project }: Asking, report: Report): string {
  const text = renderReport(context, report, 'markdown').replaceAll(`${project.repository.root}/`, '');
  return cutLines(text, MAX_BODY);
}
