/** Exit statuses of every command (docs/cli.md). */
export const EXIT = {
  ok: 0,
  taskFailed: 1,
  usage: 2,
  planInvalid: 3,
  waitsForPerson: 4,
  budget: 5,
  integration: 6,
  environment: 7,
  sigint: 130,
  sigterm: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export interface RefusalOptions {
  /** Exit status of the command that is refused. */
  exit: ExitCode;
  /** The next command to type, or what to change; one sentence. */
  hint?: string;
  /** `file:line`, where there is one. */
  where?: string;
  details?: unknown;
}

/**
 * A command cannot go on, for a reason the user can act on. Thrown before anything was changed and shown once, by the CLI.
 * What goes wrong *inside* a run is never thrown: it is a `Failure`, data in the journal.
 */
export class Refusal extends Error {
  readonly code: string;
  readonly exit: ExitCode;
  readonly hint: string | undefined;
  readonly where: string | undefined;
  readonly details: unknown;

  /** @param code kebab-case, stable: programs match on it */
  constructor(code: string, message: string, options: RefusalOptions) {
    super(message);
    this.name = 'Refusal';
    this.code = code;
    this.exit = options.exit;
    this.hint = options.hint;
    this.where = options.where;
    this.details = options.details;
  }
}
