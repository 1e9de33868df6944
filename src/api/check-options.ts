import { z } from 'zod';
import { TECHS } from '../check/spec.ts';
import type { Choices, Reading } from '../compose/choices.ts';
import type { Parts } from '../compose/parts.ts';
import { nearest } from '../util/nearest.ts';
import { EXIT, Refusal } from '../util/refusal.ts';
import type { IntegrateOptions, LoadPlanOptions, PlaceOptions, ResumeOptions, RunOptions } from './options.ts';

const text = z.string().min(1);
const whole = (min: number, max: number) => z.int().min(min).max(max);
const usd = z.number().nonnegative().max(1e9);
const callback = z.custom<(message: string) => void>((value) => typeof value === 'function', 'is no function');
const abortable = z.custom<AbortSignal>((value) => value instanceof AbortSignal, 'is no AbortSignal');
const having = <T>(...methods: (keyof T & string)[]) =>
  z.custom<T>(
    (value) => methods.every((name) => typeof (value as Record<string, unknown> | null)?.[name] === 'function'),
    `needs the methods ${methods.join(', ')}`,
  );

const place = {
  repository: text,
  env: z.record(z.string(), z.union([z.string(), z.undefined()])),
} satisfies Shape<PlaceOptions>;
const reading = { honorBlocks: z.boolean(), freshPrompts: z.boolean() } satisfies Shape<Reading>;
const choices = {
  agent: text,
  model: text,
  pattern: z.enum(['worktree', 'branch', 'directory', 'auto']),
  sandbox: z.enum(['auto', 'on', 'off']),
  maxConcurrent: z.union([whole(1, 1000), z.literal('auto')]),
  retries: whole(0, 100),
  timeout: whole(1, Number.MAX_SAFE_INTEGER),
  stall: whole(0, Number.MAX_SAFE_INTEGER),
  taskMemory: whole(0, Number.MAX_SAFE_INTEGER),
  maxCost: usd,
  maxTaskCost: usd,
  maxTokens: whole(0, 1e12),
  barrier: z.enum(['none', 'wave']),
  scope: z.enum(['warn', 'enforce']),
  escape: z.enum(['warn', 'fail', 'off']),
  onConflict: z.enum(['retry', 'agent', 'manual']),
  checklist: z.enum(['run', 'show']),
  gate: z.enum(['checks', 'off']),
  wave: whole(1, 100_000),
  only: z.array(text).min(1),
  skip: z.array(text),
  retryFailed: z.boolean(),
} satisfies Shape<Choices>;
const parts = {
  agents: z.record(text, having('command', 'reader', 'check', 'render')),
  workspaces: z.union([
    z.custom((value) => typeof value === 'function'),
    having('prepare', 'harvest', 'remove', 'settle'),
  ]),
  gates: z.array(having('check').and(z.looseObject({ name: text }))),
} satisfies Shape<Parts>;
const running = { ...place, ...choices, ...parts, signal: abortable, hurry: abortable, onWarning: callback };
const { pattern: _, sandbox: __, ...resuming } = running;

const shapes = {
  loadPlan: { ...place, ...reading } satisfies Shape<LoadPlanOptions>,
  run: running satisfies Shape<RunOptions>,
  resume: { ...resuming, ...reading, now: z.boolean(), grant: z.array(text) } satisfies Shape<ResumeOptions>,
  integrate: {
    ...place,
    into: text,
    style: z.enum(['squash', 'merge', 'rebase']),
    dryRun: z.boolean(),
    partial: z.boolean(),
    checks: z.enum(['run', 'skip']),
    tech: z.enum(TECHS),
    signal: abortable,
    onWarning: callback,
  } satisfies Shape<IntegrateOptions>,
  status: place satisfies Shape<PlaceOptions>,
  runs: place satisfies Shape<PlaceOptions>,
};
type Shape<T> = Record<keyof T, z.ZodType>;

/** @throws Refusal `bad-option`, before anything is done */
export function checkOptions(of: keyof typeof shapes, options: object): void {
  const shape: Record<string, z.ZodType> = shapes[of];
  const result = z.strictObject(shape).partial().safeParse(options);
  if (result.success) return;
  const [issue] = result.error.issues;
  throw issue!.code === 'unrecognized_keys'
    ? unknownOption(of, issue!.keys[0]!, Object.keys(shape))
    : badOption(of, issue!);
}

function unknownOption(of: string, key: string, known: string[]): Refusal {
  const near = nearest(key, known, 3);
  return new Refusal('bad-option', `${of}: there is no option ${key}`, {
    exit: EXIT.usage,
    hint: near ? `did you mean ${near}?` : `known are ${known.join(', ')}`,
  });
}

function badOption(of: string, { path, message }: z.core.$ZodIssue): Refusal {
  const name = path.join('.') || 'options';
  return new Refusal('bad-option', `${of}: ${name}: ${message.replace(/^Invalid input: /, '')}`, {
    exit: EXIT.usage,
    hint: `correct ${name}; docs/api.md says what it may be`,
  });
}
