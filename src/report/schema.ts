import { z } from 'zod';
import type { CheckName, Report } from './report.ts';

const check = z.enum(['passed', 'failed', 'warning', 'not-checked']);
const checkNames = [
  'branch_merge',
  'contract_compliance',
  'tech_spec_compliance',
  'boundary_violations',
  'tests',
  'type_check',
  'lint',
] as const satisfies readonly CheckName[];
const count = z.int().nonnegative();
const oid = z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/);
const ms = z.number().nonnegative();
const cost = z.looseObject({ usd: z.number().nullable(), source: z.enum(['reported', 'estimated', 'unknown']) });
/** `code` says which further fields there are; see docs/verdicts.md. */
const failure = z.looseObject({ code: z.string() });

const attempt = z.looseObject({
  number: count,
  agent: z.string(),
  outcome: z.string(),
  startedAt: ms,
  endedAt: ms.nullable(),
  evidence: z.array(
    z.looseObject({ gate: z.string(), verdict: z.enum(['pass', 'warn', 'fail']), summary: z.string() }),
  ),
  claim: z.looseObject({}).nullable(),
  failure: failure.nullable(),
});

const contracts = z.looseObject({
  commit: z.string(),
  checks: z.array(
    z.looseObject({
      contract: z.string(),
      kind: z.string(),
      outcome: z.enum(['met', 'broken', 'not-checked']),
      hash: z.string(),
      findings: z.array(
        z.looseObject({
          code: z.string(),
          level: z.enum(['error', 'warning', 'note']),
          basis: z.enum(['exact', 'advisory']),
          contract: z.looseObject({ file: z.string() }),
          message: z.string(),
        }),
      ),
    }),
  ),
  broken: z.array(z.string()),
});

/**
 * What report.json holds, version 1. Later versions of copse may add keys anywhere and do not take any away; times are
 * milliseconds since the epoch, durations milliseconds. Published as docs/report.schema.json.
 */
export const reportSchema = z.looseObject({
  v: z.literal(1),
  generatedAt: ms,
  plan: z.string(),
  title: z.string(),
  planDir: z.string(),
  prd: z.string().nullable(),
  techSpec: z.string().nullable(),
  run: z.string(),
  outcome: z.string().nullable(),
  base: oid,
  integration: z.looseObject({ branch: z.string(), tip: oid }),
  landed: z.looseObject({ target: z.string(), tip: oid, how: z.string() }).nullable(),
  /** The merge that a forge was asked for. */
  asked: z
    .looseObject({ remote: z.string(), branch: z.string(), base: z.string(), url: z.string().nullable() })
    .nullable(),
  elapsedMs: ms,
  cost,
  tokens: z.looseObject({ input: count, output: count, cacheRead: count, cacheWrite: count }),
  checks: z.record(z.enum(checkNames), z.looseObject({ result: check, details: z.string() })),
  /** The project's own checks on the merged tree. */
  stack: z
    .array(
      z.looseObject({
        name: z.string(),
        kind: z.string(),
        command: z.string(),
        outcome: check,
        exit: z.int().nullable(),
        failures: z.array(
          z.looseObject({
            name: z.string(),
            status: z.enum(['new', 'known', 'flaky']),
            blame: z.array(z.looseObject({})),
          }),
        ),
      }),
    )
    .optional(),
  /** What landed together, where it was checked first; `culprits` did not land. */
  batches: z
    .array(
      z.looseObject({
        onto: oid,
        commit: oid,
        tasks: z.array(z.string()),
        culprits: z.array(z.looseObject({ task: z.string(), with: z.array(z.string()) })),
        flaky: z.array(z.looseObject({ check: z.string(), name: z.string() })),
        runs: count,
        ms,
      }),
    )
    .optional(),
  waves: z.array(
    z.looseObject({
      number: z.int(),
      name: z.string().nullable(),
      command: z.string().nullable(),
      result: check,
      failure: failure.nullable(),
    }),
  ),
  tasks: z.array(
    z.looseObject({
      id: z.string(),
      title: z.string(),
      wave: z.int(),
      state: z.string(),
      commit: oid.nullable(),
      commits: count.nullable(),
      elapsedMs: ms,
      cost,
      notes: z.array(z.string()),
      checklist: z.array(z.looseObject({ text: z.string(), command: z.string().nullable(), result: check })).optional(),
      attempts: z.array(attempt),
    }),
  ),
  violations: z.array(
    z.looseObject({ task: z.string(), path: z.string(), rule: z.string(), severity: z.enum(['fail', 'warn']) }),
  ),
  escapes: z.array(z.looseObject({})),
  contracts: contracts.nullable(),
  actions: z.looseObject({ mustFix: z.array(z.string()), shouldFix: z.array(z.string()) }),
  next: z.array(z.string()),
});

/** The compiler says when a report no longer fits. */
export type Published = Report extends z.input<typeof reportSchema> ? true : never;

/** The schema as a document of JSON Schema 2020-12. */
export function reportJsonSchema(): object {
  return { title: 'report.json of copse, version 1', ...z.toJSONSchema(reportSchema, { io: 'input' }) };
}
