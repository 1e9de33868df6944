import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CliRun, runCli } from '../rig/cli.ts';
import { journalOf } from '../rig/copse.ts';
import { usersPart } from '../rig/fingerprint.ts';
import { type GitHubApi, startGitHub, withoutGh } from '../rig/github.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';
import { shellPlan } from '../rig/shell-agent.ts';

// `copse integrate --pr` with the real `gh`, against the part of GitHub's API that it asks, on loopback.

const NAME = 'TS-0001-scratch';
const BRANCH = `copse/${NAME}`;
const HOSTS = ['github.com', 'api.github.com', 'code.example.org'];

const skipped = withoutGh();
let scratch: Scratch;
let bare: string;
let github: GitHubApi;

const ask = (env: NodeJS.ProcessEnv, ...argv: string[]): Promise<CliRun> =>
  runCli(['integrate', '--pr', ...argv], { cwd: scratch.repo, env: { ...scratch.env, ...github.env, ...env } });
const asAda = (...argv: string[]) => ask({ GH_TOKEN: 'ghp_ada' }, ...argv);
const whatWasAsked = () => github.asked.splice(0).map(({ what }) => what);
const tip = (branch: string) =>
  spawnSync('git', ['rev-parse', '-q', '--verify', branch], { cwd: bare, env: scratch.env, encoding: 'utf8' }).stdout;

/** A remote of this address that is pushed to the bare repository. */
function remote(url: string): void {
  scratch.git('remote', 'add', 'origin', url);
  scratch.git('remote', 'set-url', '--push', 'origin', bare);
}

/** What is the user's, but for the reports and where git notes what the remote has. */
const kept = () => usersPart(scratch).filter((entry) => !/report\.\w+ |^refs\/remotes\//.test(entry));

const pull = (number: number, isCrossRepository = false) => ({
  ...{ url: `https://github.com/acme/shop/pull/${number}`, headRefName: BRANCH, baseRefName: 'main' },
  isCrossRepository,
});

describe.skipIf(skipped)(`a pull request by the real gh${skipped ? ` (${skipped})` : ''}`, () => {
  beforeEach(async () => {
    scratch = scratchRepository({ 'README.md': '# scratch\n' });
    bare = join(scratch.root, 'bare.git');
    spawnSync('git', ['init', '-q', '--bare', bare], { env: scratch.env });
    github = await startGitHub(join(scratch.root, 'github'), HOSTS);
    shellPlan(scratch, { tasks: [{ id: 'task-001', create: ['task-001.txt'] }] });
    expect(await runCli(['run'], { cwd: scratch.repo, env: scratch.env })).toMatchObject({ exit: 0 });
  });
  afterEach(async () => {
    await github?.stop();
    scratch.remove();
  });

  it('is opened with the report, and found again; that of a fork with a branch of this name is another one', async () => {
    remote('https://github.com/acme/shop.git');
    scratch.write('README.md', 'the user is at work\n');
    github.pulls.push(pull(3, true));
    const before = kept();
    const opened = await asAda();
    expect(opened).toMatchObject({ exit: 0, stderr: '' });
    expect(opened.stdout).toContain('pull request opened: https://github.com/acme/shop/pull/8\n');
    const made = github.asked.at(-1)!;
    expect(made).toMatchObject({ host: 'api.github.com', what: 'PullRequestCreate', token: 'ghp_ada' });
    expect(made.variables.input).toMatchObject({
      baseRefName: 'main',
      headRefName: BRANCH,
      title: `Plan ${NAME}`,
      body: expect.stringMatching(/^# Integration Report: [\s\S]*task-001/),
    });
    expect(kept()).toEqual(before);

    whatWasAsked();
    const again = await asAda();
    expect(again).toMatchObject({ exit: 0 });
    expect(again.stdout).toContain('pull request was open, and has it now: https://github.com/acme/shop/pull/8\n');
    expect(whatWasAsked()).toEqual(['PullRequestList']);
    expect(journalOf(scratch).at(-1)).toMatchObject({ url: 'https://github.com/acme/shop/pull/8' });
  });

  it('that is there already is told as such, when the list cannot be had and when somebody was quicker', async () => {
    remote('https://github.com/acme/shop.git');
    github.pulls.push(pull(4));
    github.fault = ({ what }) => (what === 'PullRequestList' ? { status: 502, message: 'Bad gateway' } : null);
    const unlisted = await asAda();
    expect(unlisted).toMatchObject({ exit: 0 });
    expect(unlisted.stdout).toContain('pull request was open, and has it now: https://github.com/acme/shop/pull/4\n');
    github.pulls.length = 0;
    github.fault = ({ what }) => {
      if (what !== 'PullRequestCreate') return null;
      github.pulls.push(pull(5));
      return { messages: [`A pull request already exists for acme:${BRANCH}.`] };
    };
    const late = await asAda();
    expect(late).toMatchObject({ exit: 0 });
    expect(late.stdout).toContain('pull request was open, and has it now: https://github.com/acme/shop/pull/5\n');
  });

  it('without a key, or with one that is not taken: pushed, what gh says, and the command that logs in there; 4', async () => {
    remote('https://github.com/acme/shop.git');
    const before = kept();
    const next = `next: gh auth login --hostname github.com, then copse integrate ${NAME} --pr; or: open https://github.com/acme/shop/compare/main...${BRANCH}?expand=1; or: gh pr create --repo github.com/acme/shop `;
    const noKey = await ask({});
    expect(noKey).toMatchObject({ exit: 4 });
    expect(noKey.stdout).toContain(`${BRANCH} is pushed to origin`);
    expect(noKey.stdout).toContain('gh: To get started with GitHub CLI, please run:  gh auth login\n');
    expect(noKey.stdout).toContain(next);
    expect(github.asked).toEqual([]);
    github.fault = () => ({ status: 401, message: 'Bad credentials' });
    const badKey = await asAda();
    expect(badKey).toMatchObject({ exit: 4 });
    expect(badKey.stdout).toContain('gh: HTTP 401: Bad credentials');
    expect(badKey.stdout).toContain(next);
    expect(tip(BRANCH).trim()).toBe(scratch.git('rev-parse', BRANCH));
    expect(kept()).toEqual(before);
    expect(journalOf(scratch).at(-1)).toMatchObject({ type: 'pull-request.opened', url: null });
  });

  it('that GitHub does not make: what it says, the page, and the command with the report; 4', async () => {
    remote('https://github.com/acme/shop.git');
    scratch.write('README.md', 'the user is at work\n');
    github.fault = ({ what }) =>
      what === 'PullRequestCreate' ? { messages: ['Base ref must be a branch', 'No commits'] } : null;
    const invalid = await asAda();
    expect(invalid).toMatchObject({ exit: 4 });
    expect(invalid.stdout).toContain(
      'gh: pull request create failed: GraphQL: Base ref must be a branch (createPullRequest), No commits',
    );
    expect(invalid.stdout).toContain(
      `--body-file ${scratch.repo}/parallel/${NAME}/integration-report.md; or: once that is mended: copse integrate ${NAME} --pr\n`,
    );
    github.fault = () => ({ status: 503, message: 'Unavailable' });
    const down = await asAda('--json');
    expect(down).toMatchObject({ exit: 4 });
    expect(JSON.parse(down.stdout)).toMatchObject({
      ok: false,
      pullRequest: { is: 'pushed', program: 'gh', message: expect.stringContaining('HTTP 503'), logins: [] },
    });
    const away = await ask({ GH_TOKEN: 'ghp_ada', HTTPS_PROXY: 'http://127.0.0.1:1' });
    expect(away).toMatchObject({ exit: 4, stdout: expect.stringContaining('connection refused') });
  });

  it('whose branch a hook there refuses: nothing is pushed, and GitHub is not asked; 6', async () => {
    remote('https://github.com/acme/shop.git');
    mkdirSync(join(bare, 'hooks'), { recursive: true });
    const hook = '#!/bin/sh\necho "no branches of agents here" >&2\nexit 1\n';
    writeFileSync(join(bare, 'hooks/pre-receive'), hook, { mode: 0o755 });
    const before = kept();
    const refused = await asAda();
    expect(refused).toMatchObject({ exit: 6 });
    expect(refused.stdout).toContain(`origin refuses ${BRANCH}; nothing was changed\n`);
    expect(refused.stdout).toContain('remote: no branches of agents here');
    expect(refused.stdout).not.toContain('--force');
    expect(tip(BRANCH)).toBe('');
    expect(github.asked).toEqual([]);
    expect(kept()).toEqual(before);
    expect(journalOf(scratch).map(({ type }) => type)).not.toContain('pull-request.opened');
  });

  it('on a host of its own, where gh is logged in; else both programs are named, with what they say', async () => {
    remote('git@code.example.org:acme/shop.git');
    const key = { GH_ENTERPRISE_TOKEN: 'ghe_ada' };
    const unknown = await ask(key);
    expect(unknown).toMatchObject({ exit: 4 });
    expect(unknown.stdout).toContain('nobody here knows how to ask code.example.org for the merge\ngh: You are not');
    expect(unknown.stdout).toContain(
      'next: gh auth login --hostname code.example.org, or glab auth login --hostname code.example.org, then copse integrate',
    );
    const opened = await ask({ ...key, GH_HOST: 'code.example.org' });
    expect(opened).toMatchObject({ exit: 0 });
    expect(opened.stdout).toContain('pull request opened: https://code.example.org/acme/shop/pull/7\n');
    expect(github.asked.at(-1)).toMatchObject({ host: 'code.example.org', token: 'ghe_ada' });
  });
});
