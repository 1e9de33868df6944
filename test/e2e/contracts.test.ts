import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { builtCopse, type Copse, journalOf } from '../rig/copse.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';
import type { ScratchPlan } from '../rig/scratch-plan.ts';
import { shellPlan } from '../rig/shell-agent.ts';

// Whole runs of the program as it is published, with contracts that the work of shell agents keeps or breaks.

const OK = '{ responses: { "200": { description: ok } } }';
const API = `openapi: 3.0.3
info: { title: Shop, version: "1" }
paths:
  /users: { get: ${OK}, post: ${OK} }
  /orders: { get: ${OK} }
`;
const TASKS = [
  { id: 'task-001', create: ['users.py', 'openapi.json'], contracts: ['contracts/api-schema.yaml'] },
  { id: 'task-002', create: ['orders.py'], contracts: ['contracts/api-schema.yaml'], deps: ['task-001'] },
];
const DONE = 'git add -A; git commit -qm work; touch .claude-task-complete';
const route = (file: string, verb: string, path: string) =>
  `printf 'from fastapi import FastAPI\\napp = FastAPI()\\n@app.${verb}("${path}")\\ndef f(): ...\\n' >> ${file}`;
const USERS = `${route('users.py', 'get', '/users')}; ${route('users.py', 'post', '/users')}; ${DONE}`;
const ORDERS = `${route('orders.py', 'get', '/orders')}; ${DONE}`;

let copse: Copse;
let scratch: Scratch;
// Each test is several runs of the program.
vi.setConfig({ testTimeout: 240_000 });

beforeAll(() => {
  copse = builtCopse();
}, 180_000);
afterAll(() => copse.remove());
beforeEach(() => {
  scratch = scratchRepository();
});
afterEach(() => scratch.remove());

const plan = (scripts: Record<string, string>, more: Partial<ScratchPlan> = {}) =>
  shellPlan(scratch, { tasks: TASKS, contracts: { 'api-schema.yaml': API }, ...more }, scripts);

async function run(...argv: string[]): Promise<{ exit: number | string; output: string }> {
  const started = copse.start(scratch, argv);
  const exit = await started.ended;
  return { exit, output: started.output() };
}

const evidenceOf = (task: string, gate: string) =>
  journalOf(scratch).flatMap((event) =>
    (event.type === 'attempt.verified' || event.type === 'attempt.failed') && event.task === task
      ? event.evidence.filter((each) => each.gate === gate)
      : [],
  );
const report = (name: string) => readFileSync(join(scratch.repo, 'parallel', name, 'integration-report.md'), 'utf8');

it('contracts that are met: told of each branch, of the merged tree, in the report', async () => {
  const name = plan({ 'task-001': USERS, 'task-002': ORDERS });
  const ran = await run('run');
  expect(ran.exit, ran.output).toBe(0);
  // GET /orders is the part of another task.
  expect(evidenceOf('task-001', 'compliance')).toMatchObject([{ verdict: 'pass' }]);
  const checked = journalOf(scratch).filter((event) => event.type === 'contracts.checked');
  expect(checked).toMatchObject([{ broken: [], checks: [{ outcome: 'met', kind: 'openapi', findings: [] }] }]);
  const landed = await run('integrate');
  expect(landed.exit, landed.output).toBe(0);
  expect(journalOf(scratch).filter((event) => event.type === 'contracts.checked')).toHaveLength(1);
  expect(report(name)).toMatch(/### API Endpoints\n\n- contracts\/api-schema\.yaml: ✅ met \(sha256:[0-9a-f]{12}\)\n/);
  expect(report(name)).toContain('| Contract Compliance | ✅ | 1 met |');
});

const WRONG = `${route('users.py', 'get', '/users')}; ${route('users.py', 'put', '/users')}; ${DONE}`;

it('what was read off the source warns', async () => {
  const name = plan({ 'task-001': WRONG, 'task-002': ORDERS });
  const ran = await run('run');
  expect(ran.exit, ran.output).toBe(0);
  const said = 'contracts/api-schema.yaml:4 (users.py:7): the contract has POST /users, the code PUT /users';
  expect(ran.output).toContain(`! task-001: looks as if it broke a contract: ${said}`);
  expect(ran.output).toContain(`! ${said}`);
  expect((await run('integrate')).exit).toBe(0);
  expect(report(name)).toContain(`  - error (advisory): ${said}`);
});

it('under enforce it fails the attempt, whose retry is told', async () => {
  const retry = `if [ "$2" = 1 ]; then ${WRONG}; else grep -q 'the contract has POST /users' "$COPSE_PROMPT_FILE"; ${USERS}; fi`;
  plan({ 'task-001': retry, 'task-002': ORDERS }, { config: { contracts: { policy: 'enforce' } } });
  const strict = await run('run');
  expect(strict.output).toContain('task=task-001 status=retrying error=contract_broken');
  expect(strict.exit, strict.output).toBe(0);
});

it('what the project says of itself is exact: the run ends with 6, and nothing lands unless it is asked for', async () => {
  const said = JSON.stringify({
    openapi: '3.1.0',
    info: { title: 'x', version: '1' },
    paths: { '/users': { get: { responses: { 200: { description: 'ok' } } } }, '/orders': {} },
  });
  const users = `printf '%s' '${said}' > openapi.json; ${USERS}`;
  const name = plan(
    { 'task-001': users, 'task-002': ORDERS },
    { config: { contracts: { openapi: { emit: 'cat openapi.json' } } } },
  );
  const base = scratch.git('rev-parse', 'main');
  const ran = await run('run');
  expect(ran.exit, ran.output).toBe(6);
  expect(ran.output).toContain('status=failed error=contract_broken');
  expect(ran.output).toContain(
    '✗ breaks a contract: contracts/api-schema.yaml:4: no endpoint for POST /users was found',
  );
  expect(ran.output).toContain(`next: mend it on copse/${name}, then copse resume ${name}`);
  const landed = await run('integrate');
  expect(landed.exit, landed.output).toBe(6);
  expect(landed.output).toContain(`copse integrate ${name} --no-contracts`);
  expect(scratch.git('rev-parse', 'main')).toBe(base);

  // Mended on the integration branch, it is compared again.
  const mended = JSON.parse(said);
  mended.paths['/users'].post = mended.paths['/users'].get;
  mended.paths['/orders'].get = mended.paths['/users'].get;
  scratch.git('checkout', '-q', `copse/${name}`);
  scratch.commit('mend', { 'openapi.json': JSON.stringify(mended) });
  scratch.git('checkout', '-q', 'main');
  const resumed = await run('resume');
  expect(resumed.exit, resumed.output).toBe(0);
  expect((await run('integrate')).exit).toBe(0);
});

it('broken as it is, it lands when that is asked for', async () => {
  const name = plan(
    { 'task-001': USERS, 'task-002': ORDERS },
    { config: { contracts: { openapi: { emit: 'echo "{\\"openapi\\": \\"3.1.0\\", \\"paths\\": {}}"' } } } },
  );
  expect((await run('run')).exit).toBe(6);
  const landed = await run('integrate', '--no-contracts');
  expect(landed.exit, landed.output).toBe(0);
  expect(report(name)).toContain('| Contract Compliance | ❌ | 1 broken |');
});

it('a command that prints no document: the source is compared, and the report says why', async () => {
  const name = plan(
    { 'task-001': USERS, 'task-002': ORDERS },
    { config: { contracts: { openapi: { emit: 'echo oh >&2; exit 3' } } } },
  );
  const ran = await run('run');
  expect(ran.exit, ran.output).toBe(0);
  expect((await run('integrate')).exit).toBe(0);
  expect(report(name)).toContain(
    'contracts.openapi.emit printed no document (exit 3: oh); the source was compared instead',
  );
});

it('a task that changes a contract fails, with a verdict of its own', async () => {
  const name = 'TS-0001-scratch';
  const edit = `echo '# easier' >> parallel/${name}/contracts/api-schema.yaml; ${USERS}`;
  plan({ 'task-001': edit, 'task-002': ORDERS });
  const ran = await run('run', '--retries', '0');
  expect(ran.exit, ran.output).toBe(1);
  expect(ran.output).toContain(`✗ task-001: changed a contract: parallel/${name}/contracts/api-schema.yaml`);
});
