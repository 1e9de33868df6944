import { expect, it } from 'vitest';
import { execWhole } from './exec-whole.ts';
import { processes } from './table.ts';

const env = { PATH: process.env.PATH };

it('ends what a program leaves running in its group, also who has no environment to be known by', async () => {
  const script = 'env -i sh -c \'echo $$; trap "" TERM; sleep 1000; :\' >&2 & echo "$!"';
  const { exit, stdout } = await execWhole('sh', ['-c', script], { env });
  expect(exit).toBe(0);
  expect(processes.row(Number(stdout))?.zombie ?? true).toBe(true);
});

it('a program that is not there left nothing', async () => {
  expect(await execWhole('/nowhere/program', [], { env })).toMatchObject({ pid: null, spawnError: 'ENOENT' });
});
