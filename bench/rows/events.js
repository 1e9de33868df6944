/** A journal of `count` events of 200 tasks whose agents say much, as real ones do. */
export function events(count) {
  const bodies = [created()];
  bodies.push({ type: 'run.opened', pid: 1, host: 'bench', epoch: 1, selection: { tasks: IDS, skip: [], retry: [] } });
  for (const task of IDS) {
    bodies.push({
      type: 'attempt.started',
      task,
      attempt: 1,
      agent: 'claude',
      branch: `feature/${task}`,
      workspace: `/w/${task}`,
      base: OID,
    });
    bodies.push({ type: 'attempt.prepared', task, attempt: 1, ms: 40, notes: [] });
    bodies.push({ type: 'attempt.spawned', task, attempt: 1, pid: 4711, pidStart: '123456', session: 'b7c1' });
  }
  for (let n = 0; bodies.length < count; n++) {
    const task = IDS[n % IDS.length];
    if (n % 3 === 0)
      bodies.push({
        type: 'attempt.usage',
        task,
        attempt: 1,
        tokens: { input: n, output: n, cacheRead: n, cacheWrite: 0 },
        cost: { usd: n / 1000, source: 'reported' },
      });
    else
      bodies.push({
        type: 'attempt.activity',
        task,
        attempt: 1,
        activity: `Edit src/unit${n}/model.ts: the type of the price`,
      });
  }
  return bodies.map((body, at) => ({
    v: 1,
    seq: at + 1,
    at: 1_795_000_000_000 + at,
    run: '20261123-101500-abcd',
    ...body,
  }));
}

const OID = 'a'.repeat(40);
const IDS = Array.from({ length: 200 }, (_, n) => `task-${String(n + 1).padStart(3, '0')}`);

function created() {
  return {
    type: 'run.created',
    plan: 'TS-0001-bench',
    title: 'Bench',
    planDir: '/repo/parallel/TS-0001-bench',
    base: OID,
    target: 'main',
    integrationRef: 'refs/heads/copse/TS-0001-bench',
    settings: {
      agent: 'claude',
      maxConcurrent: 8,
      retries: 1,
      timeoutMs: 7_200_000,
      stallMs: 0,
      barrier: 'none',
      scope: 'warn',
    },
    tasks: IDS.map((id) => ({ id, title: id, wave: 1, deps: [] })),
    waves: [{ number: 1, validated: false }],
    dependencies: false,
  };
}
