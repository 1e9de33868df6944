import { describe, expect, it } from 'vitest';
import { codes, fixture, planOf, planSource, taskFile, taskIn } from '../../test/rig/plan-source.ts';

describe('every documented manifest loads', () => {
  it.each([
    ['m0', 'M0'],
    ['m1', 'M1'],
    ['m1x', 'M1x'],
    ['m2', 'M2'],
    ['m3', 'M3'],
    ['m4', 'M4'],
    ['m5', 'M5'],
    ['m5plus', 'M5+'],
  ])('%s as %s, with three tasks in two waves', (name, variant) => {
    const plan = planOf(fixture(name));
    expect(plan.variant).toBe(variant);
    expect(plan.waves.map((wave) => wave.tasks.length)).toEqual([2, 1]);
    const [users, products, orders] = plan.tasks;
    expect([users, products, orders].map((task) => task?.id.slice(0, 8))).toEqual(['task-001', 'task-002', 'task-003']);
    expect(orders!.deps).toEqual([users!.id, products!.id]);
    expect(users!.agent).toBe('python-experts:django-expert');
    expect(users!.scope.create.map(({ pattern }) => pattern)).toEqual([
      'apps/users/{models,views}.py',
      'apps/users/tests/*.py',
    ]);
    expect(users!.scope.modify).toMatchObject([{ pattern: 'config/urls.py', symbol: 'users_urls' }]);
    expect(plan.contracts.map(({ path }) => path)).toEqual(['contracts/api-schema.yaml', 'contracts/types.py']);
    expect(plan.context).toBe('# Inventory\nA shop.\n');
    expect(plan.techSpec).toBe('TS-0042');
  });

  it.each(['m0', 'm1', 'm3', 'm4', 'm5', 'm5plus'])('%s has nothing to complain about', (name) => {
    expect(codes(fixture(name))).toEqual([]);
  });

  it('M1 takes the waves from front matter, and title, sources and technology from the manifest', () => {
    const plan = planOf(fixture('m1'));
    expect(plan).toMatchObject({ title: 'Inventory system', prd: 'docs/prds/inventory.md', technology: 'django' });
    expect(plan.waves.map((wave) => wave.validation)).toEqual([undefined, undefined]);
  });

  it('M1x gives the wave of a task whose file does not', () => {
    expect(taskIn(planOf(fixture('m1x')), 'task-003').wave).toBe(2);
    expect(codes(fixture('m1x'))).toEqual([]);
  });

  it('M2 finds prompts by prompt_file, and says when one is not there', () => {
    const plan = planOf(fixture('m2'));
    expect(taskIn(plan, 'task-001-users').prompt).toEqual({
      file: 'prompts/task-001.txt',
      text: 'TASK-001\n\n=== OBJECTIVE ===\nDo it.\n',
    });
    expect(taskIn(plan, 'task-003-orders').prompt).toBeUndefined();
    expect(codes(fixture('m2'))).toEqual(['note missing-prompt manifest.json:26:26']);
  });

  it('a wave of the manifest names agent and model for its tasks that name none', () => {
    const manifest = {
      waves: [
        {
          number: 1,
          agent: 'codex',
          model: 'o3',
          tasks: [{ id: 'a', agent: 'claude' }, { id: 'b', model: 'o4' }, { id: 'c' }],
        },
      ],
    };
    const files = Object.fromEntries(['a', 'b', 'c'].map((id) => [`tasks/${id}.md`, taskFile(id)]));
    const { tasks } = planOf(planSource({ 'manifest.json': JSON.stringify(manifest), ...files }));
    expect(tasks.map(({ agent, model }) => [agent, model])).toEqual([
      ['claude', 'o3'],
      ['codex', 'o4'],
      ['codex', 'o3'],
    ]);
  });

  it('M4 tells bare Python from shell commands', () => {
    expect(planOf(fixture('m4')).waves.map((wave) => wave.validation?.kind)).toEqual(['python', 'shell']);
  });

  it('M5 installs in the order remove, upgrade, add, add_dev, without empty steps', () => {
    expect(planOf(fixture('m5')).dependencies).toEqual([
      { ecosystem: 'python', action: 'remove', packages: ['south'] },
      { ecosystem: 'python', action: 'upgrade', packages: ['django>=5.0'] },
      { ecosystem: 'python', action: 'add', packages: ['psycopg2-binary>=2.9', 'django-filter==24.2'] },
      { ecosystem: 'python', action: 'add_dev', packages: ['pytest>=7.0'] },
      { ecosystem: 'node', action: 'add_dev', packages: ['vitest@4'] },
    ]);
  });

  it('M5+ has titles and names of waves', () => {
    const plan = planOf(fixture('m5plus'));
    expect(plan.title).toBe('Inventory, users & orders');
    expect(plan.waves[0]?.name).toBe('Foundations');
    expect(taskIn(plan, 'task-001').title).toBe('User management');
    expect(taskIn(plan, 'task-002').title).toBe('Products');
  });
});

describe('every documented task file loads', () => {
  const plan = () => planOf(fixture('shapes'));

  it('bullets: `- **ID**: task-001-contracts`', () => {
    expect(taskIn(plan(), 'task-001-contracts')).toMatchObject({
      title: 'Contracts',
      wave: 1,
      deps: [],
      contracts: ['contracts/types.ts', 'docs/api.yaml'],
      requirements: '### Functional\n1. Types for users and orders\n\n### Non-Functional\n- no runtime cost',
      checklist: '- [ ] `npx tsc --noEmit` passes',
    });
  });

  it('`### Files to Create/Modify` may do both, `### Files to NOT Touch` is a boundary', () => {
    const { scope, notes } = taskIn(plan(), 'task-001-contracts');
    expect(scope.create.map(({ pattern }) => pattern)).toEqual(['src/contracts/user.ts', 'src/contracts/order.ts']);
    expect(scope.modify).toEqual(scope.create);
    expect(scope.boundary.map(({ pattern, note }) => [pattern, note])).toEqual([
      ['src/api/*', 'owned by task-003-api'],
      ['shared/config.ts', 'shared resource'],
    ]);
    expect(notes).toMatch(/^## Inputs\n### Contracts\n[\s\S]*\n\n## Notes\nKeep it small\.$/);
  });

  it('a `| Field | Value |` table, `### Files to Create`, `### Files to Modify`, `### Boundary - DO NOT TOUCH`', () => {
    const task = taskIn(plan(), 'task-002-auth');
    expect(task).toMatchObject({
      title: 'Log in and out',
      component: 'auth',
      wave: 2,
      deps: ['task-001-contracts'],
      blocks: ['task-003-api'],
      contracts: ['contracts/types.ts'],
    });
    expect(task.scope.create.map(({ pattern }) => pattern)).toEqual([
      'src/auth/service.ts',
      'src/auth/service.test.ts',
    ]);
    expect(task.scope.modify).toMatchObject([{ pattern: 'src/app.ts', note: 'add the auth routes' }]);
    expect(task.scope.boundary.map(({ pattern }) => pattern)).toEqual(['src/api/*', 'migrations/*']);
  });

  it('an `## Output Format (REQUIRED)` section', () => {
    expect(taskIn(plan(), 'task-002-auth').outputFormat).toBe(
      '```json\n{"task_completed": true}\n# not a heading\n```',
    );
  });

  it('`**CREATE**:` followed by bullets with descriptions', () => {
    const { scope, objective } = taskIn(plan(), 'task-003-api');
    expect(scope.create.map(({ pattern, note }) => [pattern, note])).toEqual([
      ['src/api/users.ts', 'list, retrieve, create'],
      ['src/api/orders.ts', 'orders (paginated)'],
    ]);
    expect(scope.modify.map(({ pattern, note }) => [pattern, note])).toEqual([
      ['src/app.ts', 'mount the routers, in order'],
    ]);
    expect(scope.boundary.map(({ pattern }) => pattern)).toEqual(['src/auth/*', 'Makefile']);
    expect(scope.prose).toEqual(['all implementation files of other services (read-only)']);
    expect(objective).toBe('Everything the browser talks to.');
  });

  it('says what is doubtful about them, and nothing else', () => {
    expect(codes(fixture('shapes'))).toEqual([
      'warning missing-contract tasks/task-001-contracts.md:24:4',
      'note id-alias tasks/task-002-auth.md:12:18',
      'note id-alias tasks/task-002-auth.md:13:12',
    ]);
  });
});
