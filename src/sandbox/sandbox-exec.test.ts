import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seatbelt } from '../../test/rig/seatbelt.ts';
import { exec } from '../process/exec.ts';
import { findSandbox } from './find.ts';
import type { Confinement } from './sandbox.ts';
import { sandboxExec } from './sandbox-exec.ts';

const profileOf = (state: string[], confinement: Confinement) => {
  const [program, option, profile, ...argv] = sandboxExec('/usr/bin/sandbox-exec', state).wrap(
    ['agent', '-p'],
    confinement,
    '/',
  );
  expect([program, option, ...argv]).toEqual(['/usr/bin/sandbox-exec', '-p', 'agent', '-p']);
  return profile!;
};

it('sandbox-exec: the last rule that matches counts, and no path ends the profile', () => {
  const profile = profileOf(['/tmp'], { protect: ['/repo'], writable: ['/repo/a") (allow default) ("'] });
  expect(profile.split('\n')).toEqual([
    '(version 1)',
    '(allow default)',
    '(deny file-write* file-link)',
    '(allow file-write* file-link (subpath "/dev") (subpath "/tmp"))',
    '(deny file-write* file-link (subpath "/repo"))',
    '(allow file-write* file-link (subpath "/repo/a\\") (allow default) (\\""))',
    '(deny file-write-unlink (literal "/repo") (literal "/repo/a\\") (allow default) (\\""))',
  ]);
});

const HOSTILE = [
  'a',
  'A',
  'a b',
  '"',
  '\\',
  '\\"',
  '")(allow default)("',
  ';',
  '#',
  "'",
  '\n',
  'é',
  'e\u0301',
  '😀',
  '..a',
  '*',
  '\\n',
];
const name = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 4 })
    .filter((text) => !/[/\0]/.test(text) && !/^\.\.?$/.test(text)),
);
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => `/${names.join('/')}`);
const below = (from: string, to: string) => to === from || to.startsWith(`${from}/`);

describe('a profile', () => {
  it('allows what was asked for and nothing else, whatever the names are', () => {
    const property = fc.property(
      fc.array(path, { maxLength: 3 }),
      fc.array(path, { maxLength: 3 }),
      fc.array(path, { maxLength: 3 }),
      fc.array(path, { maxLength: 5 }),
      (state, protect, writable, others) => {
        const { mayWrite, mayLink, mayRemove } = seatbelt(profileOf(state, { protect, writable }));
        const named = [...state, ...protect, ...writable];
        const near = named.flatMap((each) => [each, dirname(each), `${each}/x`, `${each}x`]);
        for (const each of ['/dev/null', ...near, ...others]) {
          const within = (folders: string[]) => folders.some((folder) => below(folder, each));
          const expected = within(writable) || (!within(protect) && within(['/dev', ...state]));
          expect(mayWrite(each), each).toBe(expected);
          expect(mayLink(each), each).toBe(expected);
          const fixed = [...protect, ...writable].some((inner) => below(each, inner));
          expect(mayRemove(each), each).toBe(expected && !fixed);
        }
      },
    );
    fc.assert(property, { numRuns: 300 });
  });

  it.skipIf(process.platform !== 'linux')('allows what bubblewrap does for the same request', async () => {
    const root = realpathSync(mkdtempSync(join(tmpdir(), 'copse-profile-')));
    try {
      const names = HOSTILE.map((each) => each.replaceAll('/', ''));
      const repo = join(root, 're"po\\');
      const writable = names.filter((_, at) => at % 2 === 0).map((each) => join(repo, each));
      const folders = [root, repo, ...names.map((each) => join(repo, each))];
      for (const folder of folders) mkdirSync(folder, { recursive: true });
      const confinement = { protect: [repo], writable };
      const env = { PATH: process.env.PATH, HOME: root };
      const found = await findSandbox({ env, writable: [] });
      if (!found.ok) throw new Error(found.message);
      const script = 'for each; do (: >"$each/x") 2>/dev/null && printf 1 || printf 0; done';
      const [program = '', ...args] = found.sandbox.wrap(
        ['/bin/sh', '-c', script, 'sh', ...folders],
        confinement,
        repo,
      );
      const { stdout } = await exec(program, args, { env });
      const { mayWrite } = seatbelt(profileOf([realpathSync(tmpdir())], confinement));
      expect(folders.map((folder) => (mayWrite(join(folder, 'x')) ? '1' : '0')).join('')).toBe(stdout.toString());
      expect(stdout.toString()).toMatch(/^10(10)+1$/);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });
});
