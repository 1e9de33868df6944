import { shellWord } from '../util/shell-word.ts';
import { type Forge, firstOf, inAddress, type PullRequest } from './forge.ts';

const repository = ({ at }: PullRequest) => `${at.host}/${at.path}`;

/** GitHub, by its `gh`. */
export const github: Forge = {
  name: 'github',
  program: 'gh',
  noun: 'pull request',
  isAt: (host) => /(?:^|[.-])github[.-]/.test(host),
  authArgs: (host) => ['auth', 'status', '--hostname', host],
  login: (host) => `gh auth login --hostname ${shellWord(host)}`,
  listArgs: (request) => {
    const { branch, base } = request;
    const which = ['--head', branch, '--base', base, '--state', 'open'];
    return ['pr', 'list', '--repo', repository(request), ...which, '--json', 'url,isCrossRepository'];
  },
  urlIn: (listed) => firstOf(listed, 'url', ({ isCrossRepository }) => isCrossRepository !== true),
  createArgs: (request, bodyFile) => {
    const { branch, base, title } = request;
    const what = ['--head', branch, '--base', base, '--title', title, '--body-file', bodyFile];
    return ['pr', 'create', '--repo', repository(request), ...what];
  },
  page: ({ at, branch, base }) =>
    `https://${at.host}/${at.path}/compare/${inAddress(base)}...${inAddress(branch)}?expand=1`,
  command: (request, bodyFile) => `gh ${github.createArgs(request, bodyFile).map(shellWord).join(' ')}`,
};
