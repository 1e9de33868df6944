import type { Activity, Claim, Cost, Tokens } from '../run/event.ts';
import type { Limit, Outcome } from '../run/failure.ts';

/** What an adapter may know of the attempt it starts. */
export interface AgentContext {
  task: string;
  title: string;
  attempt: number;
  /** Absolute path; the agent's working directory. */
  workspace: string;
  /** Absolute path of the file with the whole prompt. */
  promptFile: string;
  model?: string;
  /** The agent role of the task when the adapter found it to exist. */
  role?: string;
  /** A fresh uuid for agents that take a session id. */
  session: string;
  /** The session to go on with, and what it had cost before; for agents that can (`resumes`). */
  resume?: { session: string; spentUsd: number };
  /** US dollars that the attempt may cost, for agents that can hold it themselves. */
  maxUsd?: number;
  /** When what is read now was said, in milliseconds since the epoch; default now. */
  saidAt?: () => number;
}

/** A process to start. `stdin` is a file; the agent's output goes to files too, never to pipes. */
export interface CommandLine {
  argv: string[];
  /** Added to the environment of the attempt; null removes a variable. */
  env: Record<string, string | null>;
  stdin: 'prompt' | 'null';
}

/** One thing a line of the transcript said. `usage` is the total of this attempt so far. */
export type AgentEvent =
  | { type: 'session'; id: string; model?: string; version?: string }
  | { type: 'activity'; activity: Activity }
  | { type: 'usage'; tokens: Tokens; cost: Cost; turns?: number }
  /** Its account is limited; the agent waits and may still get answers. Usage that follows takes it back. */
  | { type: 'limit'; limit: Limit }
  /** The agent has said its last word: what still runs gets a grace, then is ended. */
  | { type: 'finished' };

/** The final account of an agent, from its own words and its exit. */
export interface AgentVerdict {
  outcome: Outcome;
  /** One sentence. */
  message: string;
  claim: Claim | null;
  /** Whether it ran a command that looks like tests; absent where that cannot be told, or no test is claimed. */
  ranTests?: boolean;
  tokens: Tokens;
  cost: Cost;
  /** With `rate-limited` and `overloaded`: what the agent said about its account. */
  limit?: Limit;
}

/** Reads one attempt's transcript line by line; pure, keeps its own state, never throws on any input. */
export interface TranscriptReader {
  line(text: string): AgentEvent[];
  /** `exit` null: ended by `signal`, or not known. `stderr`: its last 64 KiB. */
  verdict(exit: number | null, signal: string | null, stderr: string): AgentVerdict;
}

/** Whether an agent can be used on this machine. */
export type AgentCheck = { ok: true; version: string; path: string } | { ok: false; message: string; hint: string };

/** One coding agent: a command line out, lines in. */
export interface AgentAdapter {
  /** As in `--agent`: `claude`, `command`. */
  name: string;
  /** Whose allowance it uses, without secrets: definitions with the same login have the same. Default: its name. */
  account?: string;
  /** Asked to end (SIGTERM), it ends its children itself and says what they cost: so it is asked alone first. */
  endsItself?: boolean;
  /** It can go on with a session that was cut off. */
  resumes?: boolean;
  /** What it tells while it runs or in the end; without a word of it budgets cannot hold. Default `nothing`. */
  meters?: 'cost' | 'tokens' | 'nothing';
  command(context: AgentContext): CommandLine;
  reader(context: AgentContext): TranscriptReader;
  /** Bytes of memory that one takes as a rule; for admission, until this run has measured its own. */
  memory?: number;
  /** Is the binary there, does it answer? Costs no tokens. */
  check(): Promise<AgentCheck>;
  /** Which of these roles the agent knows; asked once a run, before the first start. Costs no tokens. */
  roles?(wanted: string[], workspace: string): Promise<Set<string>>;
  /** What a line of the transcript shows the agent do that could change a file, as text; without it, the line itself. */
  deeds?(line: string): string[];
  /** One transcript line as readable text for `<task>.log`, or null to leave it out. */
  render(line: string): string | null;
}
