import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { broken, type Disturbance, eventsOf, type Reference } from './invariants.ts';
import type { CrashRig, Ended, Kill, Site } from './rig.ts';

export interface Iteration {
  /** Of the run, and of those that go on with it, in turn; the last ones are left alone. */
  kills: (Kill | null)[];
  /** In place of a point, or besides: after so many milliseconds. */
  afterMs?: (number | null)[];
  /** Done each time after copse was killed. */
  afterKill?: (site: Site) => void | Promise<void>;
  disturbance?: Disturbance;
}

export interface Outcome {
  /** How often copse was killed. */
  killed: number;
  /** Agents that were alive then, or ended meanwhile, and were taken over. */
  adopted: number;
  lost: number;
  failures: string[];
}

/** Runs copse, kills it, goes on with the run until it comes to an end; says what does not hold then. */
export async function iterate(
  rig: CrashRig,
  template: { root: string },
  reference: Reference,
  { kills, afterMs = [], afterKill, disturbance }: Iteration,
): Promise<Outcome> {
  const site = rig.enter(template);
  let killed = 0;
  const outputs: string[] = [];
  try {
    let last = await turn(0);
    for (let round = 1; last.how === 'SIGKILL'; round++) {
      killed++;
      await afterKill?.(site);
      last = await turn(round);
    }
    const failures = last.how === 0 ? broken(site, reference, disturbance) : [`ended with ${last.how}`];
    if (failures.length > 0) failures.push(...outputs, account(site));
    return { killed, ...counts(site), failures };
  } catch (error) {
    return { killed, adopted: 0, lost: 0, failures: [String((error as Error).stack), ...outputs, account(site)] };
  } finally {
    rig.leave(site);
  }

  async function turn(round: number): Promise<Ended> {
    const command = hasJournal(site) ? 'resume' : 'run';
    const ended = await once(command, round);
    // Killed before the first event was on the disk: there is no run, and `resume` says so.
    return command === 'resume' && ended.output.includes('[no-run]') ? once('run', round) : ended;
  }

  async function once(command: string, round: number): Promise<Ended> {
    const { pid, ended } = rig.start(site, [command], kills[round]);
    const wait = afterMs[round];
    const timer = typeof wait === 'number' ? setTimeout(() => process.kill(pid, 'SIGKILL'), wait) : undefined;
    const result = await ended.finally(() => clearTimeout(timer));
    outputs.push(`copse ${command} → ${result.how}\n${result.output}`);
    return result;
  }
}

function counts(site: Site): Pick<Outcome, 'adopted' | 'lost'> {
  const spawned = new Set<string>();
  let [adopted, lost] = [0, 0];
  for (const event of eventsOf(site)) {
    if (event.type === 'attempt.spawned') {
      const name = `${event.task}.${event.attempt}`;
      if (spawned.has(name)) adopted++;
      spawned.add(name);
    }
    if (event.type === 'attempt.ended' && event.outcome === 'lost') lost++;
  }
  return { adopted, lost };
}

function hasJournal({ repo }: Site): boolean {
  const runs = join(repo, '.git/copse/runs');
  return existsSync(runs) && readdirSync(runs).some((run) => existsSync(join(runs, run, 'journal.jsonl')));
}

/** The journals of a site and the points it passed, for who has to find out. */
function account({ repo, root }: Site): string {
  const runs = join(repo, '.git/copse/runs');
  const journals = (existsSync(runs) ? readdirSync(runs) : []).map((run) => {
    const file = join(runs, run, 'journal.jsonl');
    return `${run}:\n${existsSync(file) ? readFileSync(file, 'utf8').replace(/"v":1,|"run":"[^"]*",/g, '') : 'nothing'}`;
  });
  const trace = join(root, 'trace');
  return [...journals, existsSync(trace) ? readFileSync(trace, 'utf8') : 'no point was passed'].join('\n');
}
