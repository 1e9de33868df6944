import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type CliRun, runCli } from '../rig/cli.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';
import { shellPlan } from '../rig/shell-agent.ts';

// `copse integrate --pr`: a bare repository is the remote, small programs in place of gh and glab keep what they are told.

const NAME = 'TS-0001-scratch';
const BRANCH = `copse/${NAME}`;

let scratch: Scratch;
let bare: string;
let main: string;
beforeEach(async () => {
  scratch = scratchRepository({ 'README.md': '# scratch\n' });
  bare = join(scratch.root, 'bare.git');
  shellPlan(scratch, { tasks: [{ id: 'task-001', create: ['task-001.txt'] }] });
  expect(await runCli(['run'], { cwd: scratch.repo, env: scratch.env })).toMatchObject({ exit: 0 });
  mkdirSync(join(scratch.root, 'bin'));
  for (const name of ['git', 'cat', 'cp']) symlinkSync(which(name), join(scratch.root, 'bin', name));
  spawnSync('git', ['init', '-q', '--bare', bare], { env: scratch.env });
  main = scratch.git('rev-parse', 'main');
});
afterEach(() => scratch.remove());

/** Only git and what stands in for the others is found, whatever is installed here. */
const copse = (...argv: string[]): Promise<CliRun> =>
  runCli(argv, { cwd: scratch.repo, env: { ...scratch.env, PATH: join(scratch.root, 'bin') } });
const which = (name: string) =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(existsSync)!;
const there = (branch: string) =>
  spawnSync('git', ['rev-parse', '--verify', '-q', `refs/heads/${branch}`], {
    cwd: bare,
    env: scratch.env,
    encoding: 'utf8',
  }).stdout.trim();

/** A remote of this address that is pushed to the bare repository. */
function remote(url: string, name = 'origin'): void {
  scratch.git('remote', 'add', name, url);
  scratch.git('remote', 'set-url', '--push', name, bare);
}

/** A program that keeps what it was told; `answers` by its second argument. */
function program(name: string, answers: Record<string, string>): () => string[][] {
  const log = join(scratch.root, `${name}.log`);
  const cases = Object.entries(answers).map(([word, does]) => `${word}) ${does} ;;`);
  const script = `#!/bin/sh
for word; do printf '%s\\0' "$word"; done >>'${log}'; printf 'end of call\\0' >>'${log}'
for word; do [ "$before" = --body-file ] && cp "$word" '${log}.body'; before=$word; done
case "$2" in ${cases.join(' ')} esac
`;
  writeFileSync(join(scratch.root, 'bin', name), script, { mode: 0o755 });
  return () =>
    readFileSync(log, 'utf8')
      .split('end of call\0')
      .map((line) => line.split('\0').slice(0, -1))
      .filter((words) => words.length > 1);
}

it('pushes the integration branch and opens a pull request with the report; one that is open gets the push', async () => {
  remote('git@github.com:acme/shop.git');
  const told = program('gh', {
    list: 'cat open.json 2>/dev/null || echo "[]"',
    create: 'echo https://github.com/acme/shop/pull/7',
  });
  const dry = await copse('integrate', '--pr', '--dry-run');
  expect(dry.stdout).toContain(`would push ${BRANCH} (`);
  expect(there(BRANCH)).toBe('');

  const opened = await copse('integrate', '--pr');
  expect(opened).toMatchObject({ exit: 0 });
  expect(opened.stdout).toMatch(
    /is pushed to origin .*\npull request opened: https:\/\/github\.com\/acme\/shop\/pull\/7\nreport: /,
  );
  expect(there(BRANCH)).toBe(scratch.git('rev-parse', BRANCH));
  expect(scratch.git('rev-parse', 'main')).toBe(main);
  const [list, create] = told();
  expect(list).toEqual([
    'pr',
    'list',
    '--repo',
    'github.com/acme/shop',
    '--head',
    BRANCH,
    '--base',
    'main',
    '--state',
    'open',
    '--json',
    'url,isCrossRepository',
  ]);
  expect(create!.slice(0, -1)).toEqual([
    'pr',
    'create',
    '--repo',
    'github.com/acme/shop',
    '--head',
    BRANCH,
    '--base',
    'main',
    '--title',
    `Plan ${NAME}`,
    '--body-file',
  ]);
  const body = readFileSync(join(scratch.root, 'gh.log.body'), 'utf8');
  expect(body).toMatch(/^# Integration Report: [\s\S]*task-001/);
  expect(body).not.toContain(scratch.root);
  const status = await copse('status');
  expect(status.stdout).toContain('https://github.com/acme/shop/pull/7');

  writeFileSync(
    join(scratch.repo, 'open.json'),
    '[{"isCrossRepository":false,"url":"https://github.com/acme/shop/pull/7"}]',
  );
  const again = await copse('integrate', '--pr');
  expect(again.stdout).toContain('pull request was open, and has it now: https://github.com/acme/shop/pull/7');
  rmSync(join(scratch.repo, 'open.json'));

  // Merged there by a squash, and pulled: the plan is known to have landed.
  scratch.git('merge', '-q', '--squash', BRANCH);
  scratch.git('commit', '-qm', 'shop (#7)');
  expect((await copse('integrate')).stdout).toContain(`main has everything of ${NAME} already`);
  expect((await copse('clean')).stdout).not.toContain('kept');
}, 90_000);

it('a merge request on GitLab; the remote and the target that are named', async () => {
  remote('https://gitlab.example.org/group/sub/shop.git', 'lab');
  scratch.git('branch', 'develop');
  const told = program('glab', {
    list: 'echo "[]"',
    // To a terminal it writes more.
    create: 'echo https://gitlab.example.org/group/sub/shop/-/merge_requests/3',
  });
  const opened = JSON.parse(
    (await copse('integrate', '--pr', '--remote', 'lab', '--into', 'develop', '--json')).stdout,
  );
  expect(opened).toMatchObject({
    ok: true,
    pullRequest: { is: 'open', url: 'https://gitlab.example.org/group/sub/shop/-/merge_requests/3', existing: false },
    remote: 'lab',
    branch: BRANCH,
    base: 'develop',
  });
  const [list, create] = told();
  expect(list).toEqual([
    'mr',
    'list',
    '--repo',
    'https://gitlab.example.org/group/sub/shop',
    '--source-branch',
    BRANCH,
    '--target-branch',
    'develop',
    '--output',
    'json',
  ]);
  expect(create).toEqual([
    ...['mr', 'create', '--repo', 'https://gitlab.example.org/group/sub/shop'],
    ...['--head', 'https://gitlab.example.org/group/sub/shop', '--source-branch', BRANCH],
    ...[
      '--target-branch',
      'develop',
      '--title',
      `Plan ${NAME}`,
      '--description',
      expect.stringMatching(/^# Integration Report/),
      '--yes',
    ],
  ]);
}, 60_000);

it('without the program, or when it fails, it is pushed and the page is named; exit status 4', async () => {
  remote('https://github.com/acme/shop.git');
  const alone = await copse('integrate', '--pr');
  expect(alone).toMatchObject({ exit: 4 });
  expect(alone.stdout).toContain(`gh is not installed`);
  expect(alone.stdout).toContain(
    `next: open https://github.com/acme/shop/compare/main...${BRANCH}?expand=1; or: gh pr create --repo github.com/acme/shop --head ${BRANCH}`,
  );
  expect(there(BRANCH)).toBe(scratch.git('rev-parse', BRANCH));
  program('gh', {
    list: 'exit 4',
    create: 'echo "To get started with GitHub CLI, please run:  gh auth login" >&2; exit 4',
  });
  const failed = await copse('integrate', '--pr');
  expect(failed).toMatchObject({ exit: 4 });
  expect(failed.stdout).toContain('gh: To get started with GitHub CLI, please run:  gh auth login');
  scratch.git('remote', 'set-url', 'origin', bare);
  const bareAlone = await copse('integrate', '--pr');
  expect(bareAlone).toMatchObject({ exit: 4 });
  expect(bareAlone.stdout).toContain(`next: ask for the merge of ${BRANCH} into main`);
}, 60_000);

it('a name that only the config of ssh knows is asked for there', async () => {
  remote('git@github.com-work:acme/shop.git');
  program('ssh', { '--': 'echo user git; echo hostname github.com' });
  const told = program('gh', { list: 'echo "[]"', create: 'echo https://github.com/acme/shop/pull/7' });
  expect((await copse('integrate', '--pr')).stdout).toContain('opened: https://github.com/acme/shop/pull/7');
  expect(told()[1]!.slice(2, 4)).toEqual(['--repo', 'github.com/acme/shop']);
}, 60_000);

it('a program that ends well and says no address has opened nothing, unless one is there now', async () => {
  remote('https://gitlab.com/acme/shop.git');
  const mine = {
    source_project_id: 1,
    target_project_id: 1,
    web_url: 'https://gitlab.com/acme/shop/-/merge_requests/3',
  };
  const open = (...all: object[]) => writeFileSync(join(scratch.repo, 'open.json'), JSON.stringify(all));
  const told = program('glab', { list: 'cat open.json', create: 'cp later.json open.json' });
  open({ ...mine, source_project_id: 2 });
  writeFileSync(join(scratch.repo, 'later.json'), '[]');
  const silent = await copse('integrate', '--pr');
  expect(silent).toMatchObject({ exit: 4, stdout: expect.stringContaining('glab ended with 0 and said nothing') });
  writeFileSync(join(scratch.repo, 'later.json'), JSON.stringify([mine]));
  const opened = await copse('integrate', '--pr');
  expect(opened).toMatchObject({ exit: 0, stdout: expect.stringContaining(`merge request opened: ${mine.web_url}`) });
  expect(told().map(([, what]) => what)).toEqual(['list', 'create', 'list', 'list', 'create', 'list']);
}, 60_000);

it('what the remote does not take, or cannot be reached, is told with the next command; nothing is forced', async () => {
  expect(await copse('integrate', '--pr')).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining('git remote add origin'),
  });
  remote('https://github.com/acme/shop.git');
  const other = scratch.git('commit-tree', '-m', 'other', `${main}^{tree}`);
  scratch.git('push', '-q', bare, `${other}:refs/heads/${BRANCH}`);
  const rejected = await copse('integrate', '--pr');
  expect(rejected).toMatchObject({ exit: 6 });
  expect(rejected.stdout).toContain(`git push --force-with-lease origin`);
  expect(there(BRANCH)).toBe(other);
  scratch.git('remote', 'set-url', '--push', 'origin', join(scratch.root, 'gone.git'));
  const gone = await copse('integrate', '--pr');
  expect(gone).toMatchObject({ exit: 7 });
  expect(gone.stdout).toContain('next: git ls-remote origin');
  scratch.git('remote', 'set-url', '--push', 'origin', 'http://ada:s3cret-word@127.0.0.1:1/shop.git');
  const refused = await copse('integrate', '--pr');
  expect(refused).toMatchObject({ exit: 7, stdout: expect.stringContaining('http://127.0.0.1:1/shop.git') });
  expect(refused.stdout).not.toContain('s3cret-word');
  expect(await copse('integrate', '--pr', '--remote', 'upstream')).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining('--remote origin'),
  });
  for (const option of ['--squash', '--undo', '--branches=x']) {
    expect(await copse('integrate', '--pr', option), option).toMatchObject({ exit: 2 });
  }
  expect(await copse('integrate', '--remote', 'origin')).toMatchObject({ exit: 2 });
  expect(scratch.git('rev-parse', 'main')).toBe(main);
  expect(existsSync(join(scratch.repo, '.git/refs/remotes/origin/HEAD'))).toBe(false);
}, 60_000);
