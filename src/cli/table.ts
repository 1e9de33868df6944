import type { CommandModule } from './command.ts';

export interface CommandEntry {
  name: string;
  /** As shown by `copse --help`: `validate [plan]`. */
  usage: string;
  summary: string;
  load(): Promise<CommandModule>;
}

/** All commands, in the order of the help text. Adding one is a line here and a file in `commands/`. */
export const COMMANDS: CommandEntry[] = [
  {
    name: 'validate',
    usage: 'validate [plan]',
    summary: 'check a plan: findings with file and line, who owns what',
    load: async () => (await import('./commands/validate.ts')).validate,
  },
  {
    name: 'prompts',
    usage: 'prompts [plan]',
    summary: 'write, check or repair the prompts of a plan',
    load: async () => (await import('./commands/prompts.ts')).prompts,
  },
  {
    name: 'plan',
    usage: 'plan [plan]',
    summary: 'show the schedule of a plan: order, critical path, disk',
    load: async () => (await import('./commands/plan.ts')).plan,
  },
  {
    name: 'run',
    usage: 'run [plan]',
    summary: 'run the tasks in parallel and land them on one branch',
    load: async () => (await import('./commands/run.ts')).run,
  },
  {
    name: 'resume',
    usage: 'resume [run]',
    summary: 'go on with a run that was stopped or killed',
    load: async () => (await import('./commands/resume.ts')).resume,
  },
  {
    name: 'status',
    usage: 'status [run]',
    summary: 'every task with state, attempt, time, cost and commits',
    load: async () => (await import('./commands/status.ts')).status,
  },
  {
    name: 'logs',
    usage: 'logs [task]',
    summary: 'what an agent said and did',
    load: async () => (await import('./commands/logs.ts')).logs,
  },
  {
    name: 'diff',
    usage: 'diff [task]',
    summary: 'what a task, or the whole run, has changed',
    load: async () => (await import('./commands/diff.ts')).diff,
  },
  {
    name: 'integrate',
    usage: 'integrate [run]',
    summary: 'land the integration branch on its target, with a report',
    load: async () => (await import('./commands/integrate.ts')).integrate,
  },
  {
    name: 'report',
    usage: 'report [run]',
    summary: 'what the run proved: as Markdown, HTML, JUnit, SARIF, JSON',
    load: async () => (await import('./commands/report.ts')).report,
  },
  {
    name: 'clean',
    usage: 'clean [run]',
    summary: 'remove the workspaces and branches of what is integrated',
    load: async () => (await import('./commands/clean.ts')).clean,
  },
  {
    name: 'recover',
    usage: 'recover [snapshot]',
    summary: 'what was kept of workspaces, to look at or have again',
    load: async () => (await import('./commands/recover.ts')).recover,
  },
  {
    name: 'doctor',
    usage: 'doctor',
    summary: 'is everything there that a run needs: git, agents, disk',
    load: async () => (await import('./commands/doctor.ts')).doctor,
  },
  {
    name: 'demo',
    usage: 'demo',
    summary: 'see a whole run in a scratch repository; no key needed',
    load: async () => (await import('./commands/demo.ts')).demo,
  },
];
