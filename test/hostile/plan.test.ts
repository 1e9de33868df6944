import { spawnSync } from 'node:child_process';
import { join, sep } from 'node:path';
import { runInThisContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scheduleLines } from '../../src/cli/render/schedule.ts';
import { styleFor } from '../../src/cli/style.ts';
import { showReport } from '../../src/cli/validate-report.ts';
import { createdEvent, scheduleOf } from '../../src/engine/create.ts';
import { integrationRefOf } from '../../src/engine/open.ts';
import { predict } from '../../src/engine/predict.ts';
import { decodeLine, encodeLine } from '../../src/journal/codec.ts';
import { attemptPaths } from '../../src/journal/store.ts';
import { type JsonNode, parseJson } from '../../src/plan/json-text.ts';
import { ownershipMatrix } from '../../src/plan/ownership.ts';
import { parsePlan } from '../../src/plan/parse.ts';
import type { Plan, PlanResult } from '../../src/plan/plan.ts';
import { promptFileOf, promptOf } from '../../src/plan/prompt.ts';
import { fixPrompt, isValidPrompt } from '../../src/plan/prompt-check.ts';
import { generateIndex } from '../../src/plan/prompt-index.ts';
import { renderMarkdown } from '../../src/report/markdown.ts';
import { buildReport } from '../../src/report/report.ts';
import { simulate } from '../../src/schedule/simulate.ts';
import { expandBraces, MAX_ALTERNATIVES } from '../../src/scope/braces.ts';
import { judgeChanges } from '../../src/scope/judge.ts';
import { covers } from '../../src/scope/match.ts';
import { commonPath } from '../../src/scope/overlap.ts';
import { changesOf } from '../rig/attempts.ts';
import { somePath } from '../rig/globs.ts';
import { type Files, hostileJson, hostilePattern, hostilePlan, VALID_PLANS } from '../rig/hostile-plans.ts';
import { planSource } from '../rig/plan-source.ts';
import { scratchRepository } from '../rig/repository.ts';

/** For hangs alone, and machines that are very busy. */
const TIMEOUT = 900_000;
/** Together more than 10,000. */
const PLANS = 4_000;
const MANIFESTS = 4_000;
const PATTERNS = 3_000;
/** Whatever steers a terminal or turns its direction of writing; line feeds are ours. */
const STEERING = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]|\p{Surrogate}/u;
const SETTINGS = {
  pattern: 'worktree',
  agent: 'claude',
  maxConcurrent: 3,
  retries: 1,
  timeoutMs: 1,
  stallMs: 0,
  barrier: 'none',
  scope: 'warn',
} as const;

/** Runs it, and gives up when it does not come to an end: the time is for hangs alone, a case takes milliseconds. */
function comesToAnEnd<T>(work: () => T): T {
  const shared = globalThis as { hostileWork?: () => unknown };
  shared.hostileWork = work;
  return runInThisContext('hostileWork()', { timeout: TIMEOUT }) as T;
}

/** The findings and the plan of it, and every text for a terminal that comes of them. */
function read(files: Files): PlanResult {
  const result = parsePlan({ ...planSource(files), repositoryHas: () => false });
  expect(result.ok).toBe(result.plan !== null && !result.diagnostics.some(({ level }) => level === 'error'));
  for (const { code, line, column, file, message, hint = '' } of result.diagnostics) {
    expect(code).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)*$/);
    expect(Math.min(line, column)).toBeGreaterThanOrEqual(1);
    expect(message).not.toBe('');
    expect(`${file} ${message} ${hint}`.length, 'fits a screen').toBeLessThan(2000);
  }
  const { ok, plan, diagnostics } = result;
  const verdict = { ok, folder: 'parallel/x', plan, diagnostics, ownership: plan ? ownershipMatrix(plan.tasks) : [] };
  const style = styleFor({ write: () => {}, isTTY: false, columns: 80, rows: 24 }, {});
  harmless(showReport(verdict, { width: 80, verbose: false, style }));
  expect(JSON.parse(JSON.stringify(verdict))).toBeTruthy();
  return result;
}

function harmless(text: string): void {
  expect(STEERING.exec(text)?.[0], 'steers a terminal').toBeUndefined();
}

const ROOT = '/ws/repo/plan';

/** Every name that is made of an accepted plan stays where it belongs; gives the branches, for git to judge. */
function namesOf(plan: Plan): string[] {
  const inside = (path: string, root: string) => expect(path.startsWith(root + sep), path).toBe(true);
  for (const task of plan.tasks) {
    inside(join(ROOT, task.id), ROOT);
    inside(join('/plan/logs', `${task.id}.log`), '/plan/logs');
    inside(join('/plan', promptFileOf(plan, task)), '/plan/prompts');
    const { dir, prompt } = attemptPaths('/git', '20261123-142233-ab12', task.id, 1);
    inside(dir, '/git/copse/runs/20261123-142233-ab12/attempts');
    inside(prompt, dir);
    for (const { pattern } of [...task.scope.create, ...task.scope.modify, ...task.scope.boundary]) {
      expect(pattern).not.toMatch(/^[/~-]|\0|(^|\/)\.\.(\/|$)/);
    }
  }
  for (const { path } of plan.contracts) inside(join('/plan', path), '/plan/contracts');
  return [integrationRefOf(plan.name), ...plan.tasks.map(({ id }) => `refs/heads/feature/${id}`)];
}

/** The whole life of an accepted plan but for agents: prompts, schedule, a run to its end, journal, reports. */
function live(plan: Plan, files: Files): void {
  const frozen = JSON.parse(JSON.stringify(plan)) as Plan;
  expect(frozen).toEqual(plan);
  const again: Files = { ...files };
  for (const task of plan.tasks) {
    const prompt = promptOf(plan, task);
    expect(promptOf(frozen, task)).toBe(prompt);
    expect(isValidPrompt(prompt) || task.prompt !== undefined).toBe(true);
    again[promptFileOf(plan, task)] = fixPrompt(plan, task, prompt);
    expect(isValidPrompt(again[promptFileOf(plan, task)]!)).toBe(true);
    judgeChanges(task.scope, changesOf('A src/a.ts', 'M __proto__', 'D {a,b}', 'A a/b/c/d.ts'), {
      policy: 'enforce',
      forbidden: ['parallel/x'],
    });
  }
  generateIndex(plan);
  const rewritten = parsePlan({ ...planSource(again), repositoryHas: () => false });
  expect(rewritten.plan?.tasks.map(({ id, wave, deps }) => [id, wave, deps])).toEqual(
    plan.tasks.map(({ id, wave, deps }) => [id, wave, deps]),
  );
  play(plan);
}

function play(plan: Plan): void {
  const base = 'a'.repeat(40);
  const integrationRef = integrationRefOf(plan.name);
  const created = createdEvent({ plan, planDir: '/p', base, target: 'main', integrationRef, settings: SETTINGS });
  const schedule = scheduleOf(plan, 'none', () => 1);
  const played = simulate({ schedule, created, duration: () => 1 });
  expect(played.outcome).toBe('integrated');
  expect([...played.state.tasks.values()].every(({ status }) => status.is === 'integrated')).toBe(true);
  const lines = played.events.map((event) => Buffer.from(encodeLine(event, 1).slice(0, -1)));
  expect(lines.some((line) => line.includes(10))).toBe(false);
  expect(lines.map((line) => JSON.stringify(decodeLine(line)!.event))).toEqual(
    played.events.map((event) => JSON.stringify(event)),
  );
  const known = () => undefined;
  const place = (task: string) => ({ branch: `feature/${task}`, workspace: join(ROOT, task) });
  const nothing = { skip: [], integrated: [], known, place };
  const prediction = predict({ plan, schedule, created, select: plan.tasks.map(({ id }) => id), ...nothing });
  for (const line of scheduleLines({ ...prediction, pattern: 'worktree', gate: null }, null, 100)) harmless(line);
  const report = buildReport(played.state, plan, 1);
  harmless(renderMarkdown(report));
  expect(JSON.parse(JSON.stringify(report))).toBeTruthy();
}

describe('plans that somebody had a hand in', () => {
  it('start from valid ones', () => {
    for (const files of VALID_PLANS) {
      const { ok, plan, diagnostics } = read(files);
      expect(diagnostics.filter(({ level }) => level === 'error')).toEqual([]);
      expect(ok).toBe(true);
      live(plan!, files);
    }
  });

  it(`${PLANS} of them: findings or a plan that can be run to its end, and nothing outside`, {
    timeout: TIMEOUT,
  }, () => {
    const branches = new Set<string>();
    const count = { accepted: 0, refused: 0 };
    fc.assert(
      fc.property(hostilePlan, (files) =>
        comesToAnEnd(() => {
          const { ok, plan } = read(files);
          count[ok ? 'accepted' : 'refused']++;
          if (!ok) return;
          for (const branch of namesOf(plan)) branches.add(branch);
          live(plan, files);
        }),
      ),
      { numRuns: PLANS },
    );
    // Neither kind may be rare, or the half of this would test nothing.
    expect(Math.min(count.accepted, count.refused)).toBeGreaterThan(PLANS / 20);
    gitTakes(branches);
  });
});

describe('the parts that read by themselves', () => {
  it(`${MANIFESTS} texts are JSON to us when they are to everybody, with the same value`, () => {
    fc.assert(
      fc.property(hostileJson, (text) =>
        comesToAnEnd(() => {
          const ours = parseJson(text);
          const theirs = jsonOf(text);
          if (!ours.ok) expect(theirs, `refused: ${ours.message}`).toBeUndefined();
          else expect(JSON.stringify(plainOf(ours.root))).toBe(JSON.stringify(theirs));
        }),
      ),
      { numRuns: MANIFESTS },
    );
  });

  it(`${PATTERNS} pairs of patterns are compared and matched, and agree on where they meet`, () => {
    fc.assert(
      fc.property(hostilePattern, hostilePattern, somePath, (one, other, path) =>
        comesToAnEnd(() => {
          expect(expandBraces(one).length).toBeLessThanOrEqual(MAX_ALTERNATIVES);
          covers(one, path, 'write');
          covers(one, 'a'.repeat(200), 'boundary');
          const common = commonPath(one, other);
          expect(commonPath(other, one) === null).toBe(common === null);
          if (common !== null) expect([covers(one, common), covers(other, common)], common).toEqual([true, true]);
        }),
      ),
      { numRuns: PATTERNS },
    );
  });
});

/** What JSON.parse makes of it; undefined when it refuses. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The value of our nodes as JSON.parse makes it, `__proto__` as a key like any other. */
function plainOf(node: JsonNode): unknown {
  if (node.kind === 'array') return node.items.map(plainOf);
  if (node.kind === 'null') return null;
  if (node.kind !== 'object') return node.value;
  const object = {};
  for (const { key, value } of node.entries) {
    Object.defineProperty(object, key, { value: plainOf(value), enumerable: true, configurable: true, writable: true });
  }
  return object;
}

/** One git for all: it dies at the first name it refuses, and says which. */
function gitTakes(branches: Set<string>): void {
  const input = [...branches].map((name) => `verify ${name} ${'0'.repeat(40)}\n`).join('');
  const { repo, env, remove } = scratchRepository();
  const { status, stderr } = spawnSync('git', ['update-ref', '--stdin'], { cwd: repo, env, input, encoding: 'utf8' });
  remove();
  expect([status, stderr]).toEqual([0, '']);
}
