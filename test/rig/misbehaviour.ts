import { readdirSync, readFileSync } from 'node:fs';

/**
 * Agents that leave something behind, as shell scripts: each writes the pids that must not survive to `$GATES/<its name>.pids`, touches
 * `$GATES/<its name>.up`, and then lives on until `$GATES/end` is there.
 */
export const MISBEHAVIOURS: Record<string, string> = {
  'ignores-signals': 'trap "" TERM INT HUP; note $$',
  'setsid-daemon':
    'setsid sh -c \'trap "" TERM; note() { echo "$1" >>"$GATES/setsid-daemon.pids"; }; note $$; exec sleep 1000\' & settle 1',
  // Its parent is gone at once, so that it is nobody's child.
  'double-fork': '(setsid sh -c \'echo $$ >>"$GATES/double-fork.pids"; trap "" TERM; sleep 1000; :\' &) ; settle 1',
  // Known by another name, from another folder, with nothing of ours open.
  'renamed-daemon':
    '(setsid sh -c \'echo $$ >>"$GATES/renamed-daemon.pids"; cd /; exec sleep 1000\' </dev/null >/dev/null 2>&1 &); settle 1',
  // Keeps nothing of its environment; its parent lives.
  'no-environment': 'env -i setsid sh -c "echo \\$\\$ >>$GATES/no-environment.pids; exec sleep 1000" & settle 1',
  'fork-loop': 'note $$; (trap "" TERM; while :; do sleep 0.02; done) &',
  silent: 'note $$',
  'closes-output': 'exec >&- 2>&-; note $$',
  // As fast as the machine writes, and on both streams.
  flood: 'yes "a line that nobody needs to read" & note $!; yes "nor this one" >&2 & note $!',
  'half-character': "note $$; printf 'ends in the middle of \\342\\202'",
};

const PRELUDE = `
name=$1; note() { echo "$1" >>"$GATES/$name.pids"; }
settle() { while [ ! -s "$GATES/$name.pids" ]; do sleep 0.02; done; }
`;
const WAIT = 'touch "$GATES/$name.up"; while [ ! -e "$GATES/end" ]; do sleep 0.1; done; echo "$name" >"$name.txt"';

/** The whole script of one of them, `$1` is its name. */
export const misbehaving = (name: string) => `${PRELUDE}\n${MISBEHAVIOURS[name]}\n${WAIT}\n`;

/** Living processes whose environment holds `COPSE_ATTEMPT=<run>/…`, and shells that wait for our end, as `pid (name)`. */
export function survivors(run: string): string[] {
  const entry = Buffer.from(`COPSE_ATTEMPT=${run}/`);
  const waiting = (pid: string) => {
    const args = readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0');
    return args[3] === 'copse-afterwards' && args.includes(run);
  };
  return readdirSync('/proc').flatMap((pid) => {
    if (!(Number(pid) > 0) || Number(pid) === process.pid) return [];
    try {
      if (!readFileSync(`/proc/${pid}/environ`).includes(entry) && !waiting(pid)) return [];
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      return / [ZX] /.test(stat.slice(stat.lastIndexOf(')'), stat.lastIndexOf(')') + 4))
        ? []
        : [`${pid} ${stat.slice(0, 40)}`];
    } catch {
      return [];
    }
  });
}
