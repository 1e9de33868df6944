import { spawnSync } from 'node:child_process';
import { expect } from 'vitest';
import { judgeAttempt } from '../../src/gate/judge.ts';
import { inspectBranchWork } from '../../src/git/inspect.ts';
import type { Repository } from '../../src/git/repository.ts';
import { headLogOf } from '../../src/git/worktree.ts';
import type { Task } from '../../src/plan/plan.ts';
import { describeFailure } from '../../src/run/describe.ts';
import type { Evidence, Oid } from '../../src/run/event.ts';
import { evidenceForRetry } from '../../src/run/retry-evidence.ts';
import { filesToCreate } from '../../src/scope/created.ts';
import type { WorkspaceSpec, Workspaces } from '../../src/workspace/workspace.ts';
import { aResult } from './attempts.ts';

/** What is said of an attempt. */
export interface Judged {
  code: string | null;
  said: string;
  retry: string;
  evidence: Record<Evidence['gate'], Evidence>;
  notes: string[];
  head: Oid;
}

export interface ShellAttempt {
  repository: Repository;
  workspaces: Workspaces;
  spec: WorkspaceSpec;
  task: Task;
  /** The shell's environment; REPO and BASE are added. */
  env: NodeJS.ProcessEnv;
  /** Bytes of the largest file that may be committed. */
  limit: number;
  integrated?: Oid;
  alone?: boolean;
}

/** Lets these shell lines be the agent of a task in a real workspace, and judges what they made as a run does. */
export async function judgeShell(lines: string, attempt: ShellAttempt): Promise<Judged> {
  const { repository, workspaces, spec, task, limit, alone = true } = attempt;
  const { base } = spec;
  const startedAt = Date.now();
  expect(await workspaces.prepare(spec)).toMatchObject({ ok: true });
  const env = { ...attempt.env, REPO: repository.root, BASE: base };
  const script = `set -e\nwork() { echo new > src/new.txt; git add -A; git commit -qm work; }\n${lines}`;
  const { status, stderr } = spawnSync('sh', ['-c', script], { cwd: spec.path, env, encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  const { notes, ...harvest } = await workspaces.harvest(spec, 'feat: task-001 left');
  const measured = await inspectBranchWork(repository.git, {
    base,
    head: harvest.head,
    branch: spec.branch,
    integrated: attempt.integrated ?? base,
    ...(await headLogOf(repository, { path: spec.path, startedAt })),
    maxFileBytes: limit,
    expected: filesToCreate(task.scope),
  });
  const result = aResult({ ...harvest, marker: true });
  const rules = { planPath: null, policy: 'warn' as const, allow: [], contracts: [], symbols: new Map(), asks: [] };
  const { evidence, failure } = judgeAttempt({ ...measured, ...rules, task, alone, base, result });
  return {
    code: failure?.code ?? null,
    said: failure ? describeFailure(failure) : '',
    retry: failure ? evidenceForRetry(failure, evidence) : '',
    evidence: Object.fromEntries(evidence.map((each) => [each.gate, each])) as Judged['evidence'],
    notes,
    head: harvest.head,
  };
}

/** `scope warn, files fail`: every gate that has something to say. */
export const verdicts = ({ evidence }: Judged) =>
  Object.values(evidence)
    .filter(({ verdict }) => verdict !== 'pass')
    .map(({ gate, verdict }) => `${gate} ${verdict}`)
    .join(', ');
