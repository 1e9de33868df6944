import { spawn, spawnSync } from 'node:child_process';

/**
 * Runs the sides of a comparison in turn, in another order each round, so that whatever else the machine does meets all of
 * them. Ends after `rounds`, or when `seconds` are over and every side was measured twice.
 * @param {{ rounds: number, seconds: number }} limits
 * @param {Record<string, (round: number) => number | Promise<number>>} sides each gives milliseconds
 * @returns {Promise<Record<string, number[]>>} one time a round
 */
export async function inTurn({ rounds, seconds }, sides) {
  const names = Object.keys(sides);
  const times = Object.fromEntries(names.map((name) => [name, []]));
  const deadline = performance.now() + seconds * 1000;
  for (let round = 0; round < rounds && (round < 2 || performance.now() < deadline); round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) times[name].push(await sides[name](round));
  }
  return times;
}

/** The median over the rounds of subject ÷ control: the two of a round were measured under the same load. */
export function ratio(subject, control) {
  return median(subject.map((time, round) => time / control[round]));
}

export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Milliseconds that `act` takes. */
export async function timed(act) {
  const began = performance.now();
  await act();
  return performance.now() - began;
}

/** Runs a program to its end without blocking this one; throws with the end of its output when it fails. */
export function runProgram(file, argv, { cwd, env, timeoutMs = 120_000, onSpawn = () => {} }) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, argv, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: timeoutMs });
    let output = '';
    const keep = (chunk) => {
      output = (output + chunk).slice(-4000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', reject);
    child.once('spawn', () => onSpawn(child.pid));
    child.once('close', (exit, signal) => {
      if (exit === 0) resolve(output);
      else reject(new Error(`${file} ${argv.join(' ')} → ${exit ?? signal}\n${output}`));
    });
  });
}

/** Milliseconds from starting a program to its end, by the shortest way. */
export function timeOfStart(file, argv, { cwd, env } = {}) {
  const began = performance.now();
  const { status, stderr, error } = spawnSync(file, argv, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const time = performance.now() - began;
  if (status !== 0) throw error ?? new Error(`${file} ${argv.join(' ')} → ${status}\n${stderr}`);
  return time;
}
