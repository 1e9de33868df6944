import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { builtPackage } from '../../../test/rig/package.ts';
import { sourceTree } from '../../../test/rig/source-tree.ts';
import { checkOpenApi } from './check.ts';
import { judgeBy } from './judge-apart.ts';

const CONTRACT = {
  path: 'contracts/api-schema.yaml',
  text: `openapi: 3.0.3
info: { title: Shop, version: "1" }
paths:
  /users: { get: { responses: { "200": { description: ok } } } }
  /orders: { get: { responses: { "200": { description: ok } } } }
`,
};

it('a process of its own judges, with all files that may have to do with it', { timeout: 120_000 }, async () => {
  const folder = builtPackage();
  const judge = judgeBy(join(folder, 'bin/judge-openapi.js'));
  const tree = sourceTree({
    'app/main.py':
      'from fastapi import FastAPI\nfrom .users import router\napp = FastAPI()\napp.include_router(router)\n',
    'app/users.py': 'from fastapi import APIRouter\nrouter = APIRouter()\n@router.get("/users")\ndef users(): ...\n',
    'tests/test_main.py': 'from fastapi import FastAPI\napp = FastAPI()\n@app.get("/orders")\ndef orders(): ...\n',
    'README.md': 'FastAPI',
  });
  const check = await checkOpenApi(CONTRACT, tree, { complete: true, judge });
  rmSync(folder, { recursive: true });
  expect(check).toMatchObject({ contract: 'contracts/api-schema.yaml', kind: 'openapi', outcome: 'broken' });
  expect(check.findings.map(({ code, message }) => `${code}: ${message}`)).toEqual([
    'missing-endpoint: no endpoint for GET /orders was found',
  ]);
});

it('one process answers those who ask together; one that it breaks on takes no other with it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'copse-judge-'));
  const program = join(folder, 'judge.cjs');
  writeFileSync(
    program,
    `require('readline').createInterface({ input: process.stdin }).on('line', (line) => {
      const { end, question } = JSON.parse(line);
      if (question.contract.path === 'broken') throw new TypeError('it broke');
      if (question.contract.path === 'endless') return;
      process.stdout.write(JSON.stringify({ notChecked: question.contract.path + ' ' + process.pid, findings: [] }) + end);
    });`,
  );
  const judge = judgeBy(program, 5_000);
  const ask = async (path: string) =>
    (await judge({ contract: { path, text: '' }, siblings: [], sources: {}, complete: true })).notChecked!;
  const answers = await Promise.all(['a', 'b', 'broken', 'c', 'endless', 'd'].map(ask));
  rmSync(folder, { recursive: true });
  const pidOf = (answer: string) => answer.split(' ')[1];
  expect(answers.map((answer) => answer.replace(/ \d+$/, ''))).toEqual([
    'a',
    'b',
    'it could not be compared: TypeError: it broke',
    'c',
    'it could not be compared: it took more than 5 s',
    'd',
  ]);
  expect(pidOf(answers[0]!)).toBe(pidOf(answers[1]!));
  expect(new Set([answers[0]!, answers[3]!, answers[5]!].map(pidOf)).size).toBe(3);
});

it('says why it could not', async () => {
  const question = { contract: CONTRACT, siblings: [], sources: {}, complete: true };
  expect((await judgeBy('/nowhere/at-all.js')(question)).notChecked).toContain(
    "Cannot find module '/nowhere/at-all.js'",
  );
});
