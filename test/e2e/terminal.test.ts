import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isAlive } from '../../src/process/tree.ts';
import { commandAgent } from '../rig/command-agent.ts';
import { builtCopse, type Copse, fileAppears, journalOf } from '../rig/copse.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';
import { scratchPlan } from '../rig/scratch-plan.ts';
import { openTerminal, type Terminal } from '../rig/tmux.ts';

// Real runs in a real terminal, seen as a person sees them.

let copse: Copse;
let scratch: Scratch;
let gates: string;
const opened: Terminal[] = [];

beforeAll(() => {
  copse = builtCopse();
});
afterAll(() => copse.remove());
beforeEach(() => {
  scratch = scratchRepository();
  gates = join(scratch.root, 'gates');
  mkdirSync(gates);
});
afterEach(() => {
  for (const terminal of opened.splice(0)) terminal.close();
  scratch.remove();
});

const terminal = (columns: number, rows: number): Terminal => {
  const made = openTerminal(scratch, { main: copse.main, columns, rows });
  opened.push(made);
  return made;
};

/** Says that it has begun, waits for its gate, does its work. */
const HELD = `touch "$GATES/$1.begun"
echo "working on 家族の管理 of $1, with more to say than any terminal is wide, and then some more"
while [ ! -e "$GATES/$1.open" ]; do sleep 0.05; done
echo "made by $1" > "$1.txt"
`;
/** Does not end when it is asked to. */
const STUBBORN = `trap 'echo not now' TERM INT\n${HELD}`;

function plan(count: number, agent: string): string {
  const ids = Array.from({ length: count }, (_, at) => `task-${String(at + 1).padStart(3, '0')}`);
  return scratchPlan(scratch, {
    tasks: ids.map((id) => ({ id, create: [`${id}.txt`] })),
    config: commandAgent(scratch, Object.fromEntries(ids.map((id) => [id, agent])), { GATES: gates }),
  });
}

const begun = (task: string) => fileAppears(join(gates, `${task}.begun`));
const open = (...tasks: string[]) => {
  for (const task of tasks) writeFileSync(join(gates, `${task}.open`), '');
};
const agentsAlive = () =>
  journalOf(scratch).filter((event) => event.type === 'attempt.spawned' && isAlive(event.pid, event.pidStart)).length;
const count = (text: string, what: RegExp) => text.match(new RegExp(what.source, 'gm'))?.length ?? 0;

/** The shell is there again, with the terminal as it was before. */
async function isBack(at: Terminal, exit: number) {
  at.type('echo "exit=$?"; stty -a');
  const screen = await at.shows(/exit=\d+[\s\S]*echo /);
  expect(screen).toContain(`exit=${exit}\n`);
  expect(screen, 'keys are echoed, lines are edited').toMatch(/\becho\b/);
  expect(screen).not.toMatch(/-echo\b|-icanon/);
  expect(at.fact('cursor_flag'), 'the cursor is seen').toBe('1');
  expect(at.fact('wrap_flag'), 'long lines are broken').toBe('1');
  expect(at.fact('alternate_on')).toBe('0');
}

describe('the live view of a run', () => {
  it('is drawn in place, whatever is long or wide, and ends with the next command', async () => {
    const name = plan(4, HELD);
    const at = terminal(80, 24);
    at.type('copse run --max-concurrent 2');
    await at.shows(/● task-001 +running +1 +\d+s .*working on 家族/);
    const screen = await at.shows(/○ task-003 +waiting/);
    expect(count(screen, new RegExp(`^${name}  `))).toBe(1);
    for (const line of screen.split('\n')) expect([...line].length).toBeLessThanOrEqual(80);
    open('task-001', 'task-002', 'task-003', 'task-004');
    await at.shows(/^next: copse integrate/m);
    const all = at.all();
    expect(count(all, /✓ task-00\d +integrated +1 +\S+ +1 /)).toBe(4);
    expect(count(all, / {3}task +state/), 'drawn once, not frame below frame').toBe(1);
    expect(all).toContain(`${name}: 4 of 4 tasks integrated`);
    await isBack(at, 0);
  });

  it('shows what moves when there are more tasks than lines', async () => {
    plan(50, HELD);
    const at = terminal(100, 24);
    at.type('copse run --max-concurrent 3');
    const screen = await at.shows(/●3 running/);
    expect(count(screen, /● task-0\d\d +running/)).toBe(3);
    expect(screen).toMatch(/… and \d+ more/);
    expect(screen.split('\n').length).toBeLessThanOrEqual(24);
    await at.shows(/[3-9]s/);
    expect(count(at.all(), / {3}task +state/)).toBe(1);
    at.press('C-c');
    await at.shows(/^next: copse resume/m);
  });

  it('follows the size of the terminal', async () => {
    plan(6, HELD);
    const at = terminal(120, 40);
    at.type('copse run --max-concurrent 2');
    await at.shows(/●2 running/);
    for (const [columns, rows] of [
      [50, 30],
      [30, 10],
      [120, 12],
      [80, 24],
    ] as const) {
      at.resize(columns, rows);
      const narrow = columns < 40 ? /●2 ○4/ : /●2 running/;
      const screen = await at.shows(narrow);
      expect(count(screen, /^ +task +state/), `${columns}×${rows}:\n${screen}`).toBe(1);
      expect(count(screen, /● task-00\d/)).toBe(2);
    }
    open('task-001', 'task-002', 'task-003', 'task-004', 'task-005', 'task-006');
    await at.shows(/^next: copse integrate/m);
    await isBack(at, 0);
  });
});

describe('Ctrl-C', () => {
  it('once: says that it is stopping while agents have their grace; twice: ends them at once', async () => {
    plan(3, STUBBORN);
    const at = terminal(80, 24);
    at.type('copse run --max-concurrent 2');
    await Promise.all([begun('task-001'), begun('task-002')]);
    await at.shows(/●2 running/);
    at.press('C-c');
    await at.shows(/^stopping: .*Ctrl-C again ends them at once$/m);
    expect(agentsAlive()).toBe(2);
    at.press('C-c');
    const screen = await at.shows(/^next: copse resume/m);
    expect(screen).toContain('stopped, 0 of 3 tasks integrated');
    expect(screen).toMatch(/○ task-001 +waiting .*stopped with the run/);
    expect(agentsAlive()).toBe(0);
    expect(at.all()).not.toMatch(/\^C\S/);
    await isBack(at, 130);
  });

  it('in a second terminal only ends the watching, and watching ends with the run', async () => {
    plan(2, HELD);
    const at = terminal(80, 24);
    const other = terminal(80, 24);
    at.type('copse run');
    await Promise.all([begun('task-001'), begun('task-002')]);
    other.type('copse status --watch');
    await other.shows(/●2 running/);
    other.press('C-c');
    await other.shows(/^next: copse status --watch/m);
    await isBack(other, 0);
    other.type('clear; copse logs -f 1');
    await other.shows(/working on 家族の管理 of task-001/);
    other.press('C-c');
    await isBack(other, 0);
    other.type('clear; copse status --watch');
    await other.shows(/●2 running/);
    open('task-001', 'task-002');
    await at.shows(/^next: copse integrate/m);
    await other.shows(/✓2 integrated[\s\S]*^next: copse integrate/m);
    await isBack(other, 0);
  });
});

it('a parked run says until when, and how to go on sooner', async () => {
  const resets = new Date(Date.now() + 7_200_000).toISOString();
  plan(2, `echo '{"resets_at": "${resets}"}'; exit 75`);
  const at = terminal(80, 24);
  at.type('copse run --max-concurrent 1');
  const screen = await at.shows(/it goes on by itself; sooner: Ctrl-C, then copse resume --now/);
  expect(screen).toMatch(/^command is parked until .*\d\d:\d\d, for (?:1h59|2h00)/m);
  expect(screen).toMatch(/^ ‖ task-001 +parked +1 .*parked until .*\d\d:\d\d$/m);
  at.press('C-c');
  const end = await at.shows(/^next: copse resume TS-0001-scratch, which waits for the account; with --now/m);
  expect(end).not.toContain('is not there'); // what the attempt left undone
  await isBack(at, 130);
});

it('a reader that goes away is no error', async () => {
  plan(2, HELD);
  open('task-001', 'task-002');
  const at = terminal(80, 24);
  at.type('copse run --progress plain 2>&1 | head -1; copse status --tasks | head -1; copse logs 1 --raw | true');
  at.type('echo "ended"');
  const screen = await at.shows(/^(?:\$ )?ended/m);
  expect(screen).toContain('[PROGRESS] wave=1 status=started');
  expect(screen).not.toMatch(/EPIPE|Error|^ +at /m);
  await at.shows(/TS-0001-scratch/);
});
