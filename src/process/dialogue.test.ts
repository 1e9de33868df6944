import { expect, test } from 'vitest';
import { startDialogue } from './dialogue.ts';

const SH = { cwd: '/', env: { PATH: process.env.PATH } };
/** Answers each line with what its words are joined by, and ends when it is told to. */
const ECHO = 'while read -r line; do [ "$line" = stop ] && { echo gone >&2; exit 3; }; echo "<$line>"; echo end; done';

test('questions are answered in turn by one process', async () => {
  const dialogue = startDialogue('sh', ['-c', `${ECHO}`], SH);
  const answers = await Promise.all(['a', 'b', 'c'].map((word) => dialogue.ask(`${word}\n`, 'end\n')));
  expect(answers.map(String)).toEqual(['<a>\n', '<b>\n', '<c>\n']);
  expect(dialogue.open).toBe(true);
});

test('an answer longer than a pipe comes whole', async () => {
  const dialogue = startDialogue('sh', ['-c', 'read -r n; head -c "$n" /dev/zero; echo; echo end'], SH);
  expect((await dialogue.ask('3000000\n', '\nend\n')).length).toBe(3_000_000);
});

test('who asks a program that ends is told what it said, also who waits behind', async () => {
  const dialogue = startDialogue('sh', ['-c', ECHO], SH);
  const asked = ['stop', 'next'].map((word) => dialogue.ask(`${word}\n`, 'end\n'));
  for (const each of asked) await expect(each).rejects.toThrow('gone');
  expect(dialogue.open).toBe(false);
});

test('one that takes too long can be ended', async () => {
  const dialogue = startDialogue('sh', ['-c', 'read -r line; exec sleep 1000'], SH);
  const asked = dialogue.ask('a\n', 'end\n');
  dialogue.kill();
  await expect(asked).rejects.toThrow('SIGKILL');
  expect(dialogue.open).toBe(false);
});

test('a program that cannot be started', async () => {
  const dialogue = startDialogue('/nowhere/git', [], SH);
  await expect(dialogue.ask('a\n', 'end\n')).rejects.toThrow('ENOENT');
});

test('it is let go when nothing is asked any more', async () => {
  const dialogue = startDialogue('sh', ['-c', `${ECHO}; echo "$$" >&2`], { ...SH, idleMs: 0 });
  await dialogue.ask('a\n', 'end\n');
  await expect(dialogue.ask('b\n', 'end\n').then(() => untilClosed(dialogue))).resolves.toBe(false);
});

async function untilClosed(dialogue: { open: boolean }): Promise<boolean> {
  while (dialogue.open) await new Promise((resolve) => setImmediate(resolve));
  return dialogue.open;
}
