import { spawn } from 'node:child_process';
import { expect, it } from 'vitest';
import { observe, takeCensus } from './census.ts';
import { processes } from './table.ts';
import { processStart } from './tree.ts';

it('remembers one that has ended as long as its group lives, and counts who is in it', async () => {
  const marker = { name: 'COPSE_ATTEMPT', value: `census-${process.pid}` };
  // Nothing but its group leads to what it leaves: it bears no mark, and its parent is gone.
  const script = 'env -i sleep 1000 >/dev/null & echo $!; read -r _';
  const leader = spawn('sh', ['-c', script], { detached: true, stdio: ['pipe', 'pipe', 'inherit'] });
  const left = await new Promise<number>((resolve) => leader.stdout.once('data', (text) => resolve(Number(text))));
  const root = { pid: leader.pid!, pidStart: processStart(leader.pid!)! };
  const observed = observe({ root, marker });
  const members = () => [...observed.members()].map(({ pid }) => pid);
  try {
    expect(members()).toEqual([root.pid]);
    leader.stdin.end('\n');
    await new Promise((resolve) => leader.once('exit', resolve));
    takeCensus();
    expect(members()).toEqual([root.pid, left]);
    expect(observed.memory()).toBe(processes.row(left)!.memory);
  } finally {
    process.kill(-root.pid, 'SIGKILL');
    while (processes.row(left)?.zombie === false) await new Promise((resolve) => setImmediate(resolve));
    observed.end();
  }
});
