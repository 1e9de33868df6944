import { shellWord } from '../util/shell-word.ts';
import { type Forge, firstOf, type PullRequest } from './forge.ts';

const repository = ({ at }: PullRequest) => `https://${at.host}/${at.path}`;

/** Without `--head` it would look among the remotes for the project that has the branch, and ask. */
function where(request: PullRequest): string[] {
  const { branch, base } = request;
  const projects = ['--repo', repository(request), '--head', repository(request)];
  return [...projects, '--source-branch', branch, '--target-branch', base];
}

/** GitLab, by its `glab`. */
export const gitlab: Forge = {
  name: 'gitlab',
  program: 'glab',
  noun: 'merge request',
  isAt: (host) => /(?:^|[.-])gitlab[.-]/.test(host),
  authArgs: (host) => ['auth', 'status', '--hostname', host],
  login: (host) => `glab auth login --hostname ${shellWord(host)}`,
  listArgs: (request) => {
    const { branch, base } = request;
    const which = ['--source-branch', branch, '--target-branch', base];
    return ['mr', 'list', '--repo', repository(request), ...which, '--output', 'json'];
  },
  urlIn: (listed) => firstOf(listed, 'web_url', (each) => each.source_project_id === each.target_project_id),
  // It reads a description from no file; `-` would open an editor.
  createArgs: (request) => {
    const { title, body } = request;
    return ['mr', 'create', ...where(request), '--title', title, '--description', body, '--yes'];
  },
  page: (request) => {
    const query = new URLSearchParams({
      'merge_request[source_branch]': request.branch,
      'merge_request[target_branch]': request.base,
    });
    return `${repository(request)}/-/merge_requests/new?${query}`;
  },
  command: (request) => `glab mr create ${[...where(request), '--title', request.title].map(shellWord).join(' ')}`,
};
