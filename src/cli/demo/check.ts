import { outsideEnv } from '../../git/env.ts';
import { exec } from '../../process/exec.ts';

/** What the tests of the service say of a checkout. */
export interface TestResult {
  ok: boolean;
  passed: number;
  failed: number;
  /** The end of what they printed. */
  tail: string;
}

const MINUTE = 60_000;

/** Runs every test of the inventory service in `repo`, as `npm test` there does. */
export async function testInventory(
  repo: string,
  { env, signal }: { env: NodeJS.ProcessEnv; signal: AbortSignal },
): Promise<TestResult> {
  const argv = ['--test-reporter=tap', 'tools/test.mjs'];
  const ended = await exec(process.execPath, argv, { cwd: repo, env: outsideEnv(env), timeoutMs: MINUTE, signal });
  const output = ended.stdout.toString('utf8');
  const count = (name: string) => Number(new RegExp(`^# ${name} (\\d+)$`, 'm').exec(output)?.[1] ?? 0);
  const passed = count('pass');
  const tail = `${output}${ended.stderr.toString('utf8')}`.slice(-2000);
  return { ok: ended.exit === 0 && passed > 0, passed, failed: count('fail'), tail };
}
