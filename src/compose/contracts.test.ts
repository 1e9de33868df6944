import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aTask } from '../../test/rig/attempts.ts';
import { type Scratch, scratchRepository } from '../../test/rig/repository.ts';
import { judge } from '../contract/openapi/judge.ts';
import { createGit, type Git } from '../git/git.ts';
import type { Plan } from '../plan/plan.ts';
import { compareContracts, lockedContracts } from './contracts.ts';

const API = `openapi: 3.0.3
info: { title: Shop, version: "1" }
paths:
  /users: { get: { responses: { "200": { description: ok } } } }
  /orders: { get: { responses: { "200": { description: ok } } } }
`;
const APP = 'from fastapi import FastAPI\napp = FastAPI()\n@app.get("/users")\ndef users(): ...\n';

let scratch: Scratch;
let calls: string[];
let git: Git;
beforeEach(() => {
  scratch = scratchRepository();
  calls = [];
  const real = createGit({ cwd: scratch.repo, env: scratch.env });
  const note = <T extends 'run' | 'bytes' | 'fields'>(name: T): Git[T] =>
    ((args: readonly string[], options: object) => {
      calls.push(args[0]!);
      return (real[name] as (a: readonly string[], o: object) => unknown)(args, options);
    }) as Git[T];
  git = { ...real, run: note('run'), bytes: note('bytes'), fields: note('fields') };
});
afterEach(() => scratch.remove());

function planOf(contracts: Record<string, string>, named: Record<string, string[]>): Plan {
  const tasks = Object.entries(named).map(([id, list]) => aTask({ id, contracts: list }));
  const files = Object.entries(contracts).map(([path, text]) => ({ path, text }));
  return {
    name: 'TS-0001-x',
    title: 'X',
    variant: 'M0',
    tasks,
    waves: [],
    dependencies: [],
    context: '',
    contracts: files,
  };
}

async function compare(plan: Plan, files: Record<string, string>, more: { only?: string; complete?: boolean } = {}) {
  const commit = scratch.commit('work', { 'work.txt': String(Math.random()), ...files });
  const checks = await compareContracts({
    git,
    plan,
    commit,
    ...(more.only && { only: more.only }),
    isComplete: () => more.complete ?? true,
    more: { judge },
  });
  return checks.map(({ contract, outcome, why, findings }) => {
    return [
      contract,
      outcome,
      why ?? findings.map(({ code, at }) => `${code}${at ? ` ${at.file}:${at.line}` : ''}`).join(' '),
    ];
  });
}

describe('compareContracts', () => {
  it('reads the commit, not the checkout', async () => {
    const plan = planOf({ 'contracts/api.yaml': API }, { a: ['contracts/api.yaml'] });
    const found = compare(plan, { 'app/main.py': APP });
    scratch.write('app/main.py', 'nothing');
    expect(await found).toEqual([['contracts/api.yaml', 'broken', 'missing-endpoint']]);
  });

  it('what is missing is left to those who come later', async () => {
    const plan = planOf({ 'contracts/api.yaml': API }, { a: ['contracts/api.yaml'] });
    expect(await compare(plan, { 'app/main.py': APP }, { complete: false })).toEqual([
      ['contracts/api.yaml', 'met', ''],
    ]);
  });

  it('only those that a task names, and costs nothing where none can be compared', async () => {
    const contracts = { 'contracts/api.yaml': API, 'contracts/README.md': 'x', 'contracts/openapi.yaml': ' \n' };
    const plan = planOf(contracts, { a: ['contracts/api.yaml'], b: ['README.md', 'openapi.yaml'], c: [] });
    expect(await compare(plan, {}, { only: 'b' })).toEqual([
      ['contracts/README.md', 'not-checked', 'it is no OpenAPI document, no types, no JSON Schema and no SQL'],
      ['contracts/openapi.yaml', 'not-checked', 'the contract is empty'],
    ]);
    expect(await compare(plan, {}, { only: 'c' })).toEqual([]);
    expect(calls).toEqual([]);
  });

  it('a contract that is a file of the repository', async () => {
    const plan = planOf({}, { a: ['docs/api.yaml', 'docs/none.yaml'] });
    expect(await compare(plan, { 'docs/api.yaml': API, 'app/main.py': APP })).toEqual([
      ['docs/api.yaml', 'broken', 'missing-endpoint'],
    ]);
  });

  it('a fault of ours is no fault of the code', async () => {
    const plan = planOf({ 'contracts/api.yaml': API }, { a: ['contracts/api.yaml'] });
    const broken = () => Promise.reject(new Error('oh'));
    const commit = scratch.git('rev-parse', 'HEAD');
    const checks = await compareContracts({ git, plan, commit, isComplete: () => true, more: { judge: broken } });
    expect(checks).toMatchObject([{ outcome: 'not-checked', why: 'a bug in copse: oh' }]);
  });
});

it('contracts that no task may change, by their paths in the repository', () => {
  const plan = planOf({ 'contracts/api.yaml': API }, { a: ['api.yaml', 'docs/x.json'] });
  const of = (planPath: string | null) => lockedContracts(plan, planPath).map(({ path, tasks }) => [path, ...tasks]);
  expect(of('parallel/TS-0001-x/')).toEqual([
    ['parallel/TS-0001-x/contracts/api.yaml', 'a'],
    ['docs/x.json', 'a'],
  ]);
  expect(of('.')).toEqual([
    ['contracts/api.yaml', 'a'],
    ['docs/x.json', 'a'],
  ]);
  expect(of(null)).toEqual([
    ['', 'a'],
    ['docs/x.json', 'a'],
  ]);
});
