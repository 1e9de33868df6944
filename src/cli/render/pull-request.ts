import type { PullRequestResult } from '../../compose/requested.ts';
import type { Pushed } from '../../git/push.ts';

/** What came of asking for a merge, and what to type next. */
export function describeRequest(result: PullRequestResult): string[] {
  const { requested, remote, branch, base, commit, state, files } = result;
  const { plan } = state;
  const written = files.text === null ? [] : [`report: ${files.text}`];
  const pushed = `${branch} is pushed to ${remote} (${commit.slice(0, 9)})`;
  const nothing = 'nothing was pushed';
  switch (requested.is) {
    case 'there':
      return [`${base} has everything of ${plan} already`, `next: copse integrate ${plan}, then copse clean ${plan}`];
    case 'conflict':
      return [
        `${plan} conflicts with what ${base} has got since; ${nothing}`,
        ...requested.paths.map((path) => `  ✗ ${path}`),
        `next: copse integrate ${plan} says how to resolve it`,
      ];
    case 'red':
      return [
        `checks fail on the merged tree that the base passes; ${nothing}`,
        ...written,
        `next: mend it on ${branch} and commit, then copse integrate ${plan} --pr; or as it is: --checks skip`,
      ];
    case 'dry-run':
      return [
        `would push ${branch} (${commit.slice(0, 9)}) to ${remote} and ask for its merge into ${base}; ${nothing}, no check was run`,
        `next: copse integrate ${plan} --pr`,
      ];
    case 'not-pushed':
      return [...describeRejection(result, requested.pushed), ...written];
    case 'open':
      return [
        pushed,
        `${requested.noun} ${requested.existing ? 'was open, and has it now' : 'opened'}: ${requested.url}`,
        ...written,
        `next: when it is merged: git pull, then copse integrate ${plan}, copse clean ${plan}`,
      ];
    case 'pushed': {
      const { message, page, command, logins } = requested;
      const again = `copse integrate ${plan} --pr`;
      const asked = page === null ? `ask for the merge of ${branch} into ${base}` : `open ${page}`;
      const ways = [
        ...(logins.length > 0 ? [`${logins.join(', or ')}, then ${again}`] : []),
        asked,
        ...(command === null ? [] : [command]),
        ...(page !== null && logins.length === 0 ? [`once that is mended: ${again}`] : []),
      ];
      return [pushed, ...message.split('\n'), ...written, `next: ${ways.join('; or: ')}`];
    }
  }
}

function describeRejection(
  { remote, branch, commit, state }: PullRequestResult,
  { why, message }: Extract<Pushed, { ok: false }>,
): string[] {
  const said = message.split('\n').map((line) => `  ${line}`);
  const again = `then copse integrate ${state.plan} --pr`;
  switch (why) {
    case 'rejected':
      return [
        `${remote} does not take ${branch}; nothing was changed`,
        ...said,
        `next: git fetch ${remote} && git log ${commit.slice(0, 9)}..${remote}/${branch} shows what it has; when that may go: git push --force-with-lease ${remote} ${commit.slice(0, 9)}:refs/heads/${branch}, ${again}`,
      ];
    case 'refused':
      return [
        `${remote} refuses ${branch}; nothing was changed`,
        ...said,
        `next: a rule or a hook of ${remote} forbids it: mend what it says, or let it take ${branch}, ${again}`,
      ];
    case 'access':
      return [
        `${remote} could not be reached without asking for a name or a key; nothing was changed`,
        ...said,
        `next: git push ${remote} ${commit.slice(0, 9)}:refs/heads/${branch} in a terminal, ${again}`,
      ];
    case 'failed':
      return [
        `${remote} could not be reached; nothing was changed`,
        ...said,
        `next: git ls-remote ${remote}, ${again}`,
      ];
  }
}
