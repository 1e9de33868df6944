// Preloaded into a copse of the tests (`node --import`): kills it with SIGKILL at one point that COPSE_KILL names, as JSON
// (see `Kill` in rig.ts), and notes every point that it passes in COPSE_TRACE. Points are counted from 1 in each process:
//   line    a line of the journal is on the disk (`bytes`: so many bytes of it are, and no more)
//   git     a git is started, or has ended; `during`: it was started `delayUs` ago
//   launch  the wrapper of an agent, likewise
//   other   another program: a validation, a package manager
//   file    a file is put in its place (rename, link, exclusive open): locks, records, notes
// `children`: whatever copse runs at that moment, agents apart, is killed with it, as when a machine goes down.
import childProcess from 'node:child_process';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { basename } from 'node:path';

const kill = JSON.parse(process.env.COPSE_KILL ?? 'null');
const trace = process.env.COPSE_TRACE;
const counts = { line: 0, git: 0, launch: 0, other: 0, file: 0 };
const living = new Set();

function die() {
  if (kill.children) {
    for (const pid of living) {
      try {
        process.kill(-pid, 'SIGKILL');
      } catch {
        // it has ended
      }
    }
  }
  process.kill(process.pid, 'SIGKILL');
  for (;;); // not one step further
}

function passed(what, detail) {
  const n = ++counts[what];
  if (trace) fs.appendFileSync(trace, `${what} ${n} ${detail}\n`);
  return { at: (when) => kill?.what === what && kill.n === n && kill.when === when };
}

// The journal.

const probe = await fs.promises.open('/dev/null');
const handles = Object.getPrototypeOf(probe);
await probe.close();
const { write } = handles;

handles.write = async function (bytes, offset = 0, ...rest) {
  if (!fs.readlinkSync(`/proc/self/fd/${this.fd}`).endsWith('/journal.jsonl')) {
    return write.call(this, bytes, offset, ...rest);
  }
  for (let from = offset; from < bytes.length; ) {
    const newline = bytes.indexOf(10, from);
    const end = newline === -1 ? bytes.length : newline + 1;
    const size = end - from;
    const line = passed('line', size);
    const stop = (upTo) => {
      fs.writeSync(this.fd, bytes, offset, upTo - offset);
      die();
    };
    if (line.at('during')) stop(from + Math.min(kill.bytes < 0 ? Math.max(0, size + kill.bytes) : kill.bytes, size));
    if (line.at('after')) stop(end);
    from = end;
  }
  return write.call(this, bytes, offset, ...rest);
};

// Programs.

const children = childProcess.ChildProcess.prototype;
const { spawn } = children;

children.spawn = function (options) {
  const what = kindOf(options);
  const point = passed(what, detailOf(what, options));
  if (point.at('before')) die();
  this.on('exit', () => {
    living.delete(this.pid);
    if (point.at('after')) die();
  });
  const result = spawn.call(this, options);
  if (this.pid !== undefined && what !== 'launch') living.add(this.pid);
  if (what === 'git' && options.args.includes('update-ref') && options.args.includes('--stdin')) watchMoves(this);
  if (point.at('during')) {
    for (const until = performance.now() + kill.delayUs / 1000; performance.now() < until; );
    die();
  }
  return result;
};

/** A git that stays and moves one ref after another: each move is a point of its own. */
function watchMoves({ stdin, stdout }) {
  let point = null;
  const { write } = stdin;
  stdin.write = function (...args) {
    point = passed('git', 'update-ref asked');
    if (point.at('before')) die();
    const done = write.apply(this, args);
    if (point.at('during')) die();
    return done;
  };
  stdout.prependListener('data', (chunk) => {
    if (String(chunk).includes('commit: ok') && point?.at('after')) die();
  });
}

function kindOf({ file, args }) {
  if (basename(file) === 'git') return 'git';
  return file === '/bin/sh' && args.some((word) => word.includes('_copse_exit')) ? 'launch' : 'other';
}

// Files that are put in place.

const inPlace = (act, name) =>
  function (...args) {
    const point = passed('file', `${name} ${basename(String(args.at(name === 'open' ? 0 : 1)))}`);
    if (point.at('before')) die();
    const done = act.apply(this, args);
    if (!(done instanceof Promise)) {
      if (point.at('after')) die();
      return done;
    }
    return done.then((value) => {
      if (point.at('after')) die();
      return value;
    });
  };

fs.renameSync = inPlace(fs.renameSync, 'rename');
fs.linkSync = inPlace(fs.linkSync, 'link');
fs.promises.rename = inPlace(fs.promises.rename, 'rename');
const openFile = fs.promises.open;
const openExclusive = inPlace(openFile, 'open');
fs.promises.open = (path, flags, ...rest) => (flags === 'wx' ? openExclusive : openFile)(path, flags, ...rest);
syncBuiltinESMExports();

function detailOf(what, { file, args }) {
  if (what !== 'git') return basename(file);
  const words = args.slice(1).filter((word, at, all) => word !== '-c' && all[at - 1] !== '-c');
  return words.slice(0, 3).join(' ');
}
