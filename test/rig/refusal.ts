import { expect } from 'vitest';
import { type CliOptions, runCli } from './cli.ts';
import { fingerprint } from './fingerprint.ts';
import type { Scratch } from './repository.ts';

export interface Refused {
  exit: number;
  code: string;
  message: string;
  hint: string;
  where: string | undefined;
  /** As a person sees it. */
  text: string;
  details: unknown;
}

interface RefusalOptions extends Partial<CliOptions> {
  /** By default the repository and all around it must be as before. */
  mayChange?: boolean;
}

/**
 * Runs a command that has to refuse, once for people and once with `--json`: both must say the same in good form, and
 * leave everything as it was.
 */
export async function refused(scratch: Scratch, argv: string[], options: RefusalOptions = {}): Promise<Refused> {
  const { mayChange = false, ...cli } = options;
  const context = { cwd: scratch.repo, env: scratch.env, ...cli };
  const before = mayChange ? null : fingerprint(scratch);
  const plain = await runCli(argv, context);
  const end = argv.indexOf('--') < 0 ? argv.length : argv.indexOf('--');
  const json = await runCli([...argv.slice(0, end), '--json', ...argv.slice(end)], context);
  expect(plain.exit, `copse ${argv.join(' ')} refuses\n${plain.stdout}${plain.stderr}`).toBeGreaterThan(0);
  if (before) expect(fingerprint(scratch), 'a refusal changes nothing').toEqual(before);

  const document = JSON.parse(json.stdout) as { v: number; ok: boolean; command?: string; error: Refused };
  const { code, message, hint, where, details } = document.error;
  expect(document, plain.stderr).toMatchObject({ v: 1, ok: false });
  expect(json.stdout.trimEnd(), 'one document on one line').not.toContain('\n');
  expect(json.exit, 'the same exit status with --json').toBe(plain.exit);
  expect(code).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
  expect(code, plain.stderr).not.toBe('internal');
  expect(plain.stdout, 'an error is no answer').toBe('');
  expect(hint, `${code} names the next command`).toMatch(/\S/);
  const [first] = plain.stderr.split('\n').filter((line) => !line.startsWith('copse: the plan ') && line !== '');
  expect(first, 'the first line says it').toMatch(/^copse: /);
  expect(plain.stderr).toContain(`[${code}]`);
  expect(plain.stderr).toMatch(/^ {2}next: /m);
  if (where !== undefined) expect(first).toContain(where);
  expect(plain.stderr, 'no stack for what a person can mend').not.toMatch(/^\s+at .*(?:\.ts|\.js|node:)/m);
  expect(plain.stderr, 'nothing a terminal would act on').not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
  return { exit: plain.exit, code, message, hint, where, details, text: plain.stderr };
}
