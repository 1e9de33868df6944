import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { AGENT_TYPES, BUILT_IN } from '../agent/registry.ts';
import { CHECK_KINDS, PARSER_NAMES } from '../run/check.ts';
import { nearest } from '../util/nearest.ts';
import { EXIT, Refusal } from '../util/refusal.ts';
import { type ConfigText, readConfigText } from './config-text.ts';
import { branchPrefix, directory, durationFrom, path, size } from './config-values.ts';
import { secretToMask } from './secret-to-mask.ts';

/** Files looked for at the root of the repository; only one of them may be there. */
const CONFIG_FILES = ['copse.config.json', 'copse.config.yaml', 'copse.config.yml'] as const;

const MAX_CONFIG_BYTES = 256 * 1024;

/** One type of agents, as a config names it. */
const typedAgent = (type: string) =>
  AGENT_TYPES[type]!.settings.extend({
    type: z.literal(type),
    /** The agent that takes over while this one's account is limited. */
    fallback: z.string().min(1).optional(),
  });
const [firstType, ...otherTypes] = Object.keys(AGENT_TYPES);
const agent = z.discriminatedUnion('type', [typedAgent(firstType!), ...otherTypes.map(typedAgent)]);

const sections = {
  workspace: z.strictObject({
    /** Where worktrees go; relative to the repository. */
    root: z.string().min(1).optional(),
    /** Ignored files that every new worktree gets, as a copy or as a link. */
    copy: z.array(path).default([]),
    link: z.array(path).default([]),
    /** A command for `bash -c`, run in every new worktree. */
    setup: z.string().min(1).optional(),
    submodules: z.boolean().default(false),
  }),
  limits: z.strictObject({
    maxConcurrent: z.union([z.int().positive().max(1000), z.literal('auto')]).optional(),
    retries: z.int().nonnegative().max(100).optional(),
    timeout: durationFrom(1).optional(),
    /** 0 is never. */
    stall: durationFrom(0).optional(),
    /** Stays free on the machine and on the disk of the workspaces; 0 is all of it may go. */
    minFreeMemory: size.optional(),
    minFreeDisk: size.optional(),
    /** Processes that want to run, per core, above which no agent starts. */
    maxLoad: z.number().positive().optional(),
    /** Memory that one agent and its children may hold; 0 is no limit. */
    taskMemory: size.optional(),
    /** US dollars, and tokens; 0 is no limit. */
    maxCost: z.number().nonnegative().optional(),
    maxTaskCost: z.number().nonnegative().optional(),
    maxTokens: z.int().nonnegative().optional(),
    /** The largest file that a branch may bring; 0 is no limit. */
    maxFileSize: size.default(50e6),
    /** Bytes of an agent's output that are kept. */
    maxTranscript: size.optional(),
  }),
  sandbox: z.strictObject({
    mode: z.enum(['auto', 'on', 'off']).default('auto'),
    /** Further paths that agents may write; relative to the home folder. */
    writable: z.array(z.string().min(1)).default([]),
  }),
  secrets: z.strictObject({
    /** Keys of agents that set-up commands, validations and installers get, too. */
    pass: z.array(z.string().min(1)).default([]),
    /** Names of variables (`ACME_*`) and `/forms/` of texts that are secrets, too. */
    mask: z.array(secretToMask).default([]),
  }),
  scope: z.strictObject({
    policy: z.enum(['warn', 'enforce']).optional(),
    allow: z.array(path).default([]),
    /** What becomes of it when an agent asks for a file that nobody owns. */
    extend: z.enum(['ask', 'grant']).default('ask'),
  }),
  integrate: z.strictObject({
    /** The history that a landing makes; absent: a fast-forward where possible, else a merge commit. */
    style: z.enum(['squash', 'merge', 'rebase']).optional(),
  }),
  onConflict: z.strictObject({
    /** What follows when a landing conflicts: the task is done again, an agent resolves it, or a person. */
    policy: z.enum(['retry', 'agent', 'manual']).optional(),
    /** Who resolves it; default the agent of the task. */
    agent: z.string().min(1).optional(),
  }),
  landing: z.strictObject({
    /** What must hold of tasks together before they land; absent: `checks` where there are some below. */
    gate: z.enum(['checks', 'off']).optional(),
  }),
  contracts: z.strictObject({
    /** Which errors fail: none, or also those that were read off source; absent: those beyond doubt. */
    policy: z.enum(['warn', 'enforce']).optional(),
    openapi: z
      .strictObject({
        /** A command for `bash -c` that prints the project's own OpenAPI document. */
        emit: z.string().min(1).optional(),
        timeout: durationFrom(1).default(120_000),
      })
      .prefault({}),
  }),
};

/** A check of the merged tree; by the name of a detected one, in place of it. */
const check = z.strictObject({
  name: z.string().min(1),
  kind: z.enum(CHECK_KINDS).default('tests'),
  /** A line for `bash -c`, or a program with its arguments; false leaves out the detected one. */
  command: z.union([z.string().min(1), z.array(z.string()).min(1), z.literal(false)]),
  timeout: durationFrom(1).optional(),
  parser: z.enum(PARSER_NAMES).default('auto'),
  /** Where it runs. */
  folder: z.union([z.literal(''), directory]).default(''),
  /** Files or folders with JUnit's XML that it writes; read in place of its output. */
  reports: z.array(path).default([]),
});

const perMillion = z.number().nonnegative();
const price = z.strictObject({ input: perMillion, output: perMillion, cacheRead: perMillion, cacheWrite: perMillion });

const configSchema = z.strictObject({
  pattern: z.enum(['worktree', 'branch', 'directory', 'auto']).optional(),
  /** For the pattern `directory`: the directories of a task, where its scope does not say it. */
  directories: z
    .record(
      z.string(),
      z.union([directory, z.array(directory).min(1)]).transform((value) => [value].flat()),
    )
    .default({}),
  agent: z.string().min(1).default('claude'),
  agents: z.record(z.string(), agent).default({}),
  workspace: sections.workspace.prefault({}),
  limits: sections.limits.prefault({}),
  scope: sections.scope.prefault({}),
  landing: sections.landing.prefault({}),
  contracts: sections.contracts.prefault({}),
  integrate: sections.integrate.prefault({}),
  onConflict: sections.onConflict.prefault({}),
  secrets: sections.secrets.prefault({}),
  checklist: z.enum(['run', 'show']).optional(),
  escape: z.enum(['warn', 'fail', 'off']).optional(),
  sandbox: sections.sandbox.prefault({}),
  checks: z.array(check).default([]),
  branchPrefix: branchPrefix.default('feature/'),
  junk: z.array(path).default([]),
  /** US dollars for a million tokens, by the name of a model. */
  prices: z.record(z.string().min(1), price).default({}),
});

/** What `copse.config.*` says, with defaults filled in. `limits.timeout` and `limits.stall` are milliseconds, `limits.maxFileSize` bytes. */
export type Config = z.output<typeof configSchema>;

/** Reads the config at the root of a repository; the defaults when there is none. Refuses with exit 2 and file:line. */
export function loadConfig(repoRoot: string): Config {
  const there = CONFIG_FILES.filter((name) => existsSync(join(repoRoot, name)));
  const [file] = there;
  if (file === undefined) return configSchema.parse({});
  if (there.length > 1) {
    throw new Refusal('two-configs', `there are two config files: ${there.join(' and ')}`, {
      exit: EXIT.usage,
      hint: `remove ${there.slice(1).join(' and ')}`,
      where: file,
    });
  }
  return parseConfig(readText(join(repoRoot, file), file), file);
}

/** The same from text; `file` is its name, and says whether it is JSON or YAML. */
export function parseConfig(text: string, file: string): Config {
  const source = readConfigText(text, file);
  if (!source.ok) throw refuse(source.message, { file, ...source.at });
  const value = withAgentTypes(source.value);
  const result = configSchema.safeParse(value);
  if (!result.success) throw firstIssue(result.error.issues, source, file);
  checkAgentNames(result.data, source, file);
  return result.data;
}

/** The agent that takes over from this one while its account is limited. */
export function fallbackOf({ agents }: Pick<Config, 'agents'>, name: string): string | undefined {
  const fallback: unknown = agents[name]?.fallback;
  return typeof fallback === 'string' ? fallback : undefined;
}

/** Every agent that is named is there. */
function checkAgentNames({ agent, agents, onConflict }: Config, source: ReadText, file: string): void {
  const known = [...new Set([...BUILT_IN, ...Object.keys(agents)])];
  const named = Object.keys(agents).map(
    (name) => [['agents', name, 'fallback'], fallbackOf({ agents }, name)] as const,
  );
  const resolver = [['onConflict', 'agent'], onConflict.agent] as const;
  for (const [path, name] of [[['agent'], agent] as const, resolver, ...named]) {
    if (name === undefined || known.includes(name)) continue;
    throw refuse(`${path.join('.')}: there is no agent '${name}'`, {
      file,
      ...source.placeOf(path),
      hint: `known: ${known.join(', ')}; others are defined under "agents"`,
    });
  }
}

function readText(path: string, file: string): string {
  if (statSync(path).size > MAX_CONFIG_BYTES) throw refuse('the file is larger than 256 KiB', { file });
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    throw refuse(error instanceof TypeError ? 'the file is not UTF-8' : (error as Error).message, { file });
  }
}

/** `agents.claude`, `agents.codex` and the like need no `type`: their names say it. */
function withAgentTypes(value: unknown): unknown {
  if (!isObject(value)) return value ?? {};
  if (!isObject(value.agents)) return value;
  const agents = Object.entries(value.agents).map(([name, agent]) => {
    const implied = Object.hasOwn(AGENT_TYPES, name);
    return [name, isObject(agent) && implied ? { type: name, ...agent } : agent] as const;
  });
  return { ...value, agents: Object.fromEntries(agents) };
}

type ReadText = Extract<ConfigText, { ok: true }>;

function firstIssue(issues: readonly z.core.$ZodIssue[], source: ReadText, file: string): Refusal {
  const [issue] = issues;
  if (!issue) return refuse('the config is not valid', { file });
  const path = issue.path.filter((part) => typeof part !== 'symbol');
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0]!;
    const near = nearest(key, keysAt(path, source.value), 3);
    return refuse(`${[...path, key].join('.')} is not known`, {
      file,
      ...source.placeOf([...path, key], true),
      hint: near ? `did you mean ${near}?` : `known here: ${keysAt(path, source.value).join(', ')}`,
    });
  }
  const name = path.length > 0 ? path.join('.') : 'the config';
  const text = issue.code === 'custom' ? issue.message : issue.message.replace(/^Invalid input: /, '');
  return refuse(`${name}${issue.code === 'custom' ? ' ' : ': '}${text}`, { file, ...source.placeOf(path) });
}

/** Known keys of the object at a path of the config as written. */
function keysAt(path: readonly (string | number)[], config: unknown): string[] {
  const [first, second] = path;
  if (first === undefined) return Object.keys(configSchema.shape);
  if (first === 'agents' && second !== undefined) return agentKeys(String(second), config);
  return first in sections ? Object.keys(sections[first as keyof typeof sections].shape) : [];
}

function agentKeys(name: string, config: unknown): string[] {
  const agents = isObject(config) && isObject(config.agents) ? config.agents : {};
  const written = agents[name];
  const type = String((isObject(written) && written.type) || name);
  return ['type', 'fallback', ...Object.keys(AGENT_TYPES[type]?.settings.shape ?? {})];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refuse(
  message: string,
  { file, line, column, hint }: { file: string; line?: number; column?: number; hint?: string },
): Refusal {
  const where = line === undefined ? file : `${file}:${line}${column === undefined ? '' : `:${column}`}`;
  return new Refusal('bad-config', message, { exit: EXIT.usage, where, hint: hint ?? `correct ${file} and try again` });
}
