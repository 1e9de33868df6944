import { shellWord } from '../util/shell-word.ts';
import { type Forge, firstOf, type PullRequest } from './forge.ts';

const repository = ({ at }: PullRequest) => `https://${at.host}/${at.path}`;

/** GitLab, by its `glab`. */
export const gitlab: Forge = {
  name: 'gitlab',
  program: 'glab',
  noun: 'merge request',
  isAt: (host) => /(?:^|[.-])gitlab[.-]/.test(host),
  authArgs: (host) => ['auth', 'status', '--hostname', host],
  listArgs: (request) => {
    const { branch, base } = request;
    const which = ['--source-branch', branch, '--target-branch', base];
    return ['mr', 'list', '--repo', repository(request), ...which, '--output', 'json'];
  },
  urlIn: (listed) => firstOf(listed, 'web_url'),
  // It reads a description from no file; `-` would open an editor.
  createArgs: (request) => {
    const { branch, base, title, body } = request;
    const what = ['--source-branch', branch, '--target-branch', base, '--title', title, '--description', body];
    return ['mr', 'create', '--repo', repository(request), ...what, '--yes'];
  },
  page: (request) => {
    const query = new URLSearchParams({
      'merge_request[source_branch]': request.branch,
      'merge_request[target_branch]': request.base,
    });
    return `${repository(request)}/-/merge_requests/new?${query}`;
  },
  command: ({ branch, base, title }) =>
    `glab mr create --source-branch ${shellWord(branch)} --target-branch ${shellWord(base)} --title ${shellWord(title)}`,
};
