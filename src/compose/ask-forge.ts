import type { Forge, PullRequest } from '../forge/forge.ts';
import { forgeAt, openRequest } from '../forge/open-request.ts';
import { hostedAt } from '../forge/remote.ts';
import { outsideEnv, withoutAgentKeys } from '../git/env.ts';
import { addressOf, push } from '../git/push.ts';
import type { Report } from '../report/report.ts';
import type { Oid, RunEventBody } from '../run/event.ts';
import { integrationBranch, type RunState } from '../run/state.ts';
import { unwrapped } from '../util/one-line.ts';
import type { LandingContext } from './integrate.ts';
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
  const address = await addressOf(repository.git, remote);
  const at = address === null ? null : hostedAt(address);
  const place = { cwd: repository.root, env: outsideEnv(withoutAgentKeys(context.env, config.secrets.pass)) };
  const found = at && (await forgeAt(place, at));
  const alone = { is: 'pushed', page: null, command: null, program: null, message: null } as const;
  if (at === null || found === null) return alone;
  const { forge, installed } = found;
  const title = unwrapped(maskFor(context)(state.title));
  const request: PullRequest = { at, branch, base, title, body: bodyOf(asking, report) };
  const byHand = { page: forge.page(request), command: commandOf(forge, request), program: forge.program };
  if (!installed) return { ...alone, ...byHand };
  const answer = await openRequest(place, forge, request);
  if (!answer.ok) return { ...alone, ...byHand, message: maskFor(context)(answer.message) };
  return { is: 'open', url: answer.url, existing: answer.existing, noun: forge.noun };
}

const commandOf = (forge: Forge, request: PullRequest) => forge.command(request, 'integration-report.md');

/** The report, without where things are on this machine. */
function bodyOf({ context, project }: Asking, report: Report): string {
  const text = renderReport(context, report, 'markdown').replaceAll(`${project.repository.root}/`, '');
  return cutLines(text, MAX_BODY);
}
