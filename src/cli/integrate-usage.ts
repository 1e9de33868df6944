import type { Tech } from '../check/spec.ts';
import type { IntegrateOptions } from '../compose/landing.ts';
import type { LandingStyle } from '../run/event.ts';
import { EXIT, Refusal } from '../util/refusal.ts';

/** What `integrate` can be told, as it was typed. */
export interface IntegrateFlags {
  json?: boolean;
  into?: string;
  squash?: boolean;
  merge?: boolean;
  rebase?: boolean;
  dryRun?: boolean;
  partial?: boolean;
  /** False: `--no-contracts`. */
  contracts?: boolean;
  checks?: 'run' | 'skip';
  tech?: Tech;
  undo?: boolean;
  pr?: boolean;
  remote?: string;
  continue?: boolean;
  abort?: boolean;
  branches?: string[];
  report?: string;
}

const STYLES = ['squash', 'merge', 'rebase'] as const satisfies LandingStyle[];

/** What does something else than landing a run, and what goes with it. */
const MODES = {
  continue: {
    with: ['json', 'into', 'partial', 'contracts', 'checks', 'tech', 'squash', 'rebase'],
    why: 'it goes on with what is in conflict',
  },
  abort: { with: ['json'], why: 'it puts away what is in conflict' },
  undo: { with: ['json', 'dryRun'], why: 'it takes back what has landed' },
  pr: {
    with: ['json', 'dryRun', 'remote', 'into', 'partial', 'contracts', 'checks', 'tech'],
    why: 'nothing lands here, and the history is chosen where the request is merged',
  },
} as const satisfies Partial<Record<keyof IntegrateFlags, { with: (keyof IntegrateFlags)[]; why: string }>>;

/** Refuses options that make no sense together, with those that do. */
export function checkUsage(flags: IntegrateFlags): void {
  const given = (Object.keys(flags) as (keyof IntegrateFlags)[]).filter((flag) => isGiven(flag, flags[flag]));
  for (const [mode, { with: allowed, why }] of Object.entries(MODES)) {
    if (!given.includes(mode as keyof IntegrateFlags)) continue;
    const wrong = given.find((flag) => flag !== mode && !(allowed as readonly string[]).includes(flag));
    if (wrong === undefined) continue;
    const rest = allowed
      .map((flag) => optionOf(flag))
      .join(', ')
      .replace(/, ([^,]*)$/, ' and $1');
    throw usage(`${optionOf(mode)} does not go with ${optionOf(wrong)}: ${why}`, `${optionOf(mode)} goes with ${rest}`);
  }
  if (flags.remote !== undefined && !flags.pr) {
    throw usage('--remote is for --pr: nothing else is pushed', `copse integrate --pr --remote ${flags.remote}`);
  }
  if (flags.report !== undefined && flags.branches === undefined) {
    throw usage('--report is for --branches: a run writes its own into the plan folder', 'copse report -o FILE');
  }
  const styles = STYLES.filter((style) => flags[style]);
  if (styles.length > 1) {
    const both = styles.map((style) => `--${style}`).join(' and ');
    throw usage(`${both} are two histories: choose one`, `copse integrate --${styles[0]}`);
  }
}

/** The history that was typed. */
export function styleOf(flags: IntegrateFlags): LandingStyle | undefined {
  return STYLES.find((style) => flags[style]);
}

/** As a landing takes it: where no history was typed, there is none that would win over the config. */
export function withStyle(flags: IntegrateFlags & IntegrateOptions): IntegrateFlags & IntegrateOptions {
  const style = styleOf(flags);
  return style === undefined ? flags : { ...flags, style };
}

/** `--no-contracts` is given when it is false, and true is what it is by default. */
const isGiven = (flag: string, value: unknown) =>
  flag === 'contracts' ? value === false : value !== undefined && value !== false;

const optionOf = (flag: string) =>
  flag === 'contracts' ? '--no-contracts' : `--${flag.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

function usage(message: string, hint: string): Refusal {
  return new Refusal('usage', message, { exit: EXIT.usage, hint });
}
