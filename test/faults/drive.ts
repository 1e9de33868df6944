import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Report } from '../../src/report/report.ts';
import { runCli } from '../rig/cli.ts';
import type { Copse } from '../rig/copse.ts';
import { type Scratch, scratchRepository } from '../rig/repository.ts';
import { type ScratchTask, scratchPlan } from '../rig/scratch-plan.ts';
import type { Expected, Suite, Work } from './fault.ts';

/** One finding, as SARIF shows it. */
export interface Told {
  rule: string;
  level: string;
  tasks: string[];
  file: string;
  line: number;
  message: string;
}

export interface Driven {
  /** Exit statuses of `copse run` and `copse integrate`. */
  exits: number[];
  output: string;
  /** What the report says, in SARIF. */
  told: Told[];
  report: Report;
  taskOf(work: Work): string;
  /** The line that is meant, 1-based, where the report should see it. */
  lineOf(expected: Expected, work: Work): number;
  remove(): void;
}

/** How copse is called: in this process, or as a program of its own. */
export type Through = (
  argv: string[],
  scratch: Scratch,
  env: Record<string, string>,
) => Promise<{ exit: number; output: string }>;

export const inProcess: Through = async (argv, scratch, env) => {
  const { exit, stdout, stderr } = await runCli(argv, { cwd: scratch.repo, env: { ...scratch.env, ...env } });
  return { exit, output: stdout + stderr };
};

export function byProgram(copse: Copse): Through {
  return async (argv, scratch, env) => {
    const started = copse.start(scratch, argv, env);
    return { exit: Number(await started.ended), output: started.output() };
  };
}

/** Runs a plan of these works as a user would: the command line, agents that are programs, real branches, the report. */
export async function drive(
  suite: Suite,
  works: readonly Work[],
  { integrate, env, through }: { integrate: boolean; env: Record<string, string>; through: Through },
): Promise<Driven> {
  const scratch = scratchRepository(suite.base);
  linkPackages(scratch);
  const command = [agent(scratch, suite, works), '{task}'];
  scratchPlan(scratch, {
    name: PLAN,
    tasks: works.map((work, at) => ({ id: idOf(at), ...taskOf(work) })),
    contracts: suite.contracts,
    config: { ...suite.config, agent: 'command', agents: { command: { command } } },
  });
  const copse = (...argv: string[]) => through(argv, scratch, env);
  const runs = [await copse('run', '--retries', '0')];
  if ([2, 3, 7].includes(runs[0]!.exit)) throw new Error(runs[0]!.output);
  if (integrate) runs.push(await copse('integrate', '--no-contracts'));
  const told = async (format: string) => {
    const file = join(scratch.root, format);
    await copse('report', '--format', format, '--output', file);
    return JSON.parse(readFileSync(file, 'utf8'));
  };
  const sarif = await told('sarif');
  return {
    exits: runs.map(({ exit }) => exit),
    output: runs.map(({ output }) => output).join('\n'),
    told: sarif.runs[0].results.map(toldBy),
    report: (await told('json')) as Report,
    taskOf: (work) => idOf(works.indexOf(work)),
    lineOf: (expected, work) => lineIn(scratch, expected, idOf(works.indexOf(work))),
    remove: () => scratch.remove(),
  };
}

const PLAN = 'TS-0001-shop';
const idOf = (at: number) => `task-${String(at + 1).padStart(3, '0')}`;

function taskOf({ create, modify, boundary, contracts, does }: Work): Omit<ScratchTask, 'id'> {
  return {
    ...(create && { create }),
    ...(modify && { modify }),
    ...(boundary && { boundary }),
    ...(contracts && { contracts }),
    ...(does && { does }),
  };
}

/** What the repository has installed: our own compiler, and what lets Node 20 run TypeScript. */
function linkPackages({ repo }: Scratch): void {
  const packages = fileURLToPath(new URL('../../node_modules/', import.meta.url));
  for (const name of ['typescript', '@typescript', '@swc', '.bin']) {
    const link = join(repo, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(packages, name), link);
  }
}

/** A program that leaves what the work of a task leaves, and commits it. */
function agent(scratch: Scratch, { base }: Suite, works: readonly Work[]): string {
  const folder = join(scratch.root, 'works');
  for (const [at, { files }] of works.entries()) {
    const gone: string[] = [];
    for (const [path, change] of Object.entries(files)) {
      if (change === null) gone.push(path);
      else write(join(folder, idOf(at), path), typeof change === 'string' ? change : replaced(base[path]!, change));
    }
    write(join(folder, `${idOf(at)}.gone`), gone.map((path) => `${path}\n`).join(''));
  }
  const program = join(scratch.root, 'agent.sh');
  writeFileSync(
    program,
    `#!/bin/sh
set -e
[ ! -d "${folder}/$1" ] || cp -R "${folder}/$1/." .
while read -r path; do rm "$path"; done < "${folder}/$1.gone"
git add -A && git commit -qm "feat: $1" && touch .claude-task-complete
`,
  );
  chmodSync(program, 0o755);
  return program;
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function replaced(text: string, changes: [from: string, to: string][]): string {
  return changes.reduce((now, [from, to]) => {
    if (now.split(from).length !== 2) throw new Error(`${JSON.stringify(from)} does not stand there once:\n${now}`);
    return now.replace(from, () => to);
  }, text);
}

function toldBy({ ruleId, level, message, locations, properties }: SarifResult): Told {
  const place = locations?.[0]?.physicalLocation;
  return {
    rule: ruleId,
    level,
    tasks: properties?.tasks ?? [],
    file: decodeURIComponent(place?.artifactLocation.uri ?? ''),
    line: place?.region?.startLine ?? 0,
    message: message.text,
  };
}

interface SarifResult {
  ruleId: string;
  level: string;
  message: { text: string };
  locations?: { physicalLocation: { artifactLocation: { uri: string }; region?: { startLine: number } } }[];
  properties?: { tasks?: string[] };
}

/** Lines of violations are those of the branch that was judged, all others those of the merged tree. */
function lineIn(scratch: Scratch, { rule, file, at }: Expected, task: string): number {
  if (at === null) return 0;
  if (at === undefined) return 1;
  const ref = rule.startsWith('scope/') ? `feature/${task}` : `copse/${PLAN}`;
  const text = scratch.git('show', `${ref}:${file}`);
  const line = text.split('\n').findIndex((each) => each.includes(at));
  if (line < 0) throw new Error(`${at} does not stand in ${file}:\n${text}`);
  return line + 1;
}
