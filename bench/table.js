import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

/**
 * @typedef {object} Row
 * @property {string} what
 * @property {string} figure of copse
 * @property {string} [control] what it is measured beside
 * @property {string} [ratio]
 * @property {string} [target]
 * @property {boolean} [met] absent: there is no target
 */

const DOCUMENT = fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url));
const [BEGIN, END] = ['<!-- begin: written by npm run bench -- --write -->', '<!-- end -->'];

/** One line about this machine, its load, and the date. */
export function machine() {
  const git = spawnSync('git', ['version'], { encoding: 'utf8' }).stdout.trim();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB`;
  const load = readFileSync('/proc/loadavg', 'utf8').split(' ')[0];
  const date = new Date().toISOString().slice(0, 10);
  return `${date} · ${cpus().length} cores, ${memory}, Linux ${release()} · node ${process.version}, ${git} · load ${load} at the start`;
}

const begun = machine();

export function printRow({ what, figure, control = '', ratio = '', target = '', met }) {
  const mark = met === undefined ? ' ' : met ? '✓' : '✗';
  const beside = [control && `control ${control}`, ratio && `ratio ${ratio}`, target && `target ${target}`];
  process.stdout.write(`${mark} ${what}: ${[figure, ...beside.filter(Boolean)].join(' · ')}\n`);
}

/** Replaces the table in docs/benchmarks.md; rows that were not measured this time stay as they are there. */
export function writeTable(rows) {
  const text = readFileSync(DOCUMENT, 'utf8');
  const [head, rest] = split(text, BEGIN);
  const [old, tail] = split(rest, END);
  const lines = new Map(
    old
      .split('\n')
      .filter((line) => /^\| (?!What|---)/.test(line))
      .map((line) => [whatOf(line), line]),
  );
  for (const row of rows) lines.set(row.what, lineOf(row));
  const table = [
    '| What | copse | Control | Ratio | Target | Met | Machine |',
    '|---|---|---|---|---|---|---|',
    ...lines.values(),
  ];
  writeFileSync(DOCUMENT, `${head}${BEGIN}\n${table.join('\n')}\n${END}${tail}`);
}

const whatOf = (line) => line.split(' | ')[0].slice(2);

function lineOf({ what, figure, control = '', ratio = '', target = '', met }) {
  const cells = [what, figure, control, ratio, target, met === undefined ? '' : met ? 'yes' : 'no', begun];
  return `| ${cells.join(' | ')} |`;
}

function split(text, mark) {
  const at = text.indexOf(mark);
  if (at < 0) throw new Error(`docs/benchmarks.md has no line ${mark}`);
  return [text.slice(0, at), text.slice(at + mark.length)];
}

/** `1.2 s`, `340 ms`, `4.1 ms`. */
export function time(ms) {
  if (ms >= 1000) return `${(ms / 1000).toFixed(ms >= 10_000 ? 1 : 2)} s`;
  return `${ms >= 20 ? Math.round(ms) : ms.toFixed(1)} ms`;
}
