import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../../../test/rig/cli.ts';
import { taskFile } from '../../../test/rig/plan-source.ts';

const FIXTURES = join(import.meta.dirname, '../../plan/fixtures');

let cwd: string;
beforeEach(() => {
  cwd = realpathSync(mkdtempSync(join(tmpdir(), 'copse-validate-')));
});
afterEach(() => {
  rmSync(cwd, { recursive: true, force: true });
});

function add(name: string, fixture: string): string {
  const dir = join(cwd, 'parallel', name);
  cpSync(join(FIXTURES, fixture), dir, { recursive: true });
  return dir;
}

const PLAN = 'TS-0042-inventory';

describe('copse validate', () => {
  it('says with its line what is wrong with an OpenAPI contract; comments alone are a contract that is not written yet', async () => {
    const dir = add(PLAN, 'm5plus');
    mkdirSync(join(dir, 'contracts'), { recursive: true });
    writeFileSync(join(dir, 'contracts/api-schema.yaml'), '# nothing yet\n');
    writeFileSync(
      join(dir, 'contracts/http.yaml'),
      'openapi: 3.0.3\ninfo: { title: x, version: "1" }\npaths:\n  /a/{id}:\n    get: { responses: { "200": { description: x } } }\n',
    );
    writeFileSync(join(dir, 'contracts/broken.yaml'), 'openapi: 3.0.3\npaths: [\n');
    const { exit, stdout } = await runCli(['validate', '--json'], { cwd });
    expect(exit).toBe(0);
    const { diagnostics } = JSON.parse(stdout) as {
      diagnostics: { code: string; file: string; line: number; message: string }[];
    };
    const found = diagnostics.filter(({ code }) => code === 'invalid-openapi');
    expect(found.map(({ file, line, message }) => `${file}:${line}: ${message.slice(0, 40)}`)).toEqual([
      expect.stringMatching(/^contracts\/broken\.yaml:\d: it cannot be read: /),
      'contracts/http.yaml:5: `/paths/a/{id}/get` is missing path para',
    ]);
  });

  it('shows a good plan: waves, validations, dependencies, ownership, the next command', async () => {
    add(PLAN, 'm5plus');
    const { exit, stdout, stderr } = await runCli(['validate'], { cwd });
    expect([exit, stderr]).toEqual([0, '']);
    expect(stdout).toMatchInlineSnapshot(`
      "Inventory, users & orders  3 tasks · 2 waves · manifest M5+ · TS-0042
      Wave 1 · Foundations: 2 tasks
        task-001  User management
        task-002  Products
        validation  python: from apps.users.models import User; print('Wave 1 OK')
      Wave 2: 1 task
        task-003  Orders  after task-001, task-002
        validation  shell: python manage.py check && python -c "from
                    apps.orders.models import Order"
      Installed before the first task
        python remove: south
        python upgrade: django>=5.0
        python add: psycopg2-binary>=2.9, django-filter==24.2
        python add_dev: pytest>=7.0
        node add_dev: vitest@4

      File ownership  who may write what, and in which wave
        FILE                           CREATE       MODIFY
        apps/orders/models.py          task-003 w2  -
        apps/products/models.py        task-002 w1  -
        apps/users/models.py           task-001 w1  -
        apps/users/tests/*.py          task-001 w1  -
        apps/users/views.py            task-001 w1  -
        config/urls.py                 -            task-003 w2
        config/urls.py::products_urls  -            task-002 w1
        config/urls.py::users_urls     -            task-001 w1

      valid: 0 errors, 0 warnings, 0 notes
      next: copse plan parallel/TS-0042-inventory
      "
    `);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('shows every finding with file, line, column, level, code and hint, and exits 3', async () => {
    const dir = add(PLAN, 'm3');
    writeFileSync(
      join(dir, 'tasks/task-003-orders.md'),
      taskFile('task-003', { wave: 2, deps: 'task-001, task-002, task-9', scope: 'CREATE: apps/users/models.py' }),
    );
    const { exit, stdout } = await runCli(['validate', 'TS-0042'], { cwd });
    expect(exit).toBe(3);
    const file = `parallel/${PLAN}/tasks/task-003-orders.md`;
    expect(stdout.split('\n').slice(0, 8)).toEqual([
      `${file}:1:1 warning no-boundary task-003 has no BOUNDARY`,
      '    hint: name what it must not touch, such as the folders of other tasks: BOUNDARY: apps/orders/*',
      `${file}:4:28 error unknown-id deps: 'task-9' is no task of this plan`,
      `${file}:5:13 warning missing-contract the contract 'contracts/types.ts' is neither in the plan nor in the repository, and no task creates it`,
      `${file}:10:9 error create-twice 'apps/users/models.py' is created by task-001 too (tasks/task-001-users.md:15): only one task may create a file`,
      '    hint: leave it in the CREATE of one task; task-003 may MODIFY it in a later wave',
      '',
      'inventory-system  3 tasks · 2 waves · manifest M3 · TS-0042',
    ]);
    expect(stdout).toMatch(
      /not valid: 2 errors, 2 warnings, 0 notes\nnext: fix the 2 errors above, then copse validate parallel\/TS-0042-inventory\n$/,
    );
  });

  it('warnings fail with --strict only', async () => {
    add(PLAN, 'shapes');
    expect((await runCli(['validate'], { cwd })).exit).toBe(0);
    const strict = await runCli(['validate', '--strict'], { cwd });
    expect(strict.exit).toBe(3);
    expect(strict.stdout).toContain('not valid with --strict: 0 errors, 1 warning, 2 notes');
  });

  it('--honor-blocks makes dependencies of blocks', async () => {
    const dir = join(cwd, 'parallel', PLAN, 'tasks');
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, 'a1.md'), taskFile('a1', { more: 'blocks: [a2]' }));
    writeFileSync(join(dir, 'a2.md'), taskFile('a2', { wave: 2 }));
    expect((await runCli(['validate'], { cwd })).stdout).toContain('blocks-not-mirrored');
    const honoured = await runCli(['validate', '--honor-blocks'], { cwd });
    expect(honoured.stdout).not.toContain('blocks-not-mirrored');
    expect(honoured.stdout).toContain('after a1');
  });

  it('--json is one document, good or bad', async () => {
    const dir = add(PLAN, 'm4');
    const good = await runCli(['validate', '--json'], { cwd });
    expect(good.exit).toBe(0);
    expect(JSON.parse(good.stdout)).toMatchObject({
      v: 1,
      command: 'validate',
      ok: true,
      plan: {
        name: PLAN,
        variant: 'M4',
        techSpec: 'TS-0042',
        tasks: [{ id: 'task-001' }, { id: 'task-002' }, { id: 'task-003', wave: 2, deps: ['task-001', 'task-002'] }],
        waves: [
          { number: 1, validation: { kind: 'python' } },
          { number: 2, validation: { kind: 'shell' } },
        ],
      },
      diagnostics: [],
    });
    const rows = (JSON.parse(good.stdout) as { ownership: unknown[] }).ownership;
    expect(rows).toContainEqual({
      path: 'config/urls.py',
      symbol: 'users_urls',
      create: [],
      modify: [{ task: 'task-001', wave: 1 }],
    });

    writeFileSync(join(dir, 'manifest.json'), '{\n  "waves": [\n');
    const bad = await runCli(['validate', '--json'], { cwd });
    expect(bad.exit).toBe(3);
    expect(JSON.parse(bad.stdout)).toMatchObject({
      ok: false,
      diagnostics: [{ code: 'manifest-not-json', level: 'error', file: 'manifest.json', line: 3, column: 1 }],
    });
  });

  it('works outside of git, with a path', async () => {
    const dir = add(PLAN, 'm0');
    const elsewhere = join(cwd, 'elsewhere');
    mkdirSync(elsewhere);
    const { exit, stdout } = await runCli(['validate', dir], { cwd: elsewhere });
    expect(exit).toBe(0);
    expect(stdout).toContain(`next: copse plan ${dir}`);
  });

  it('several plans are listed, none and a wrong name are refused: exit 2, nothing on stdout', async () => {
    const none = await runCli(['validate'], { cwd });
    expect([none.exit, none.stdout]).toEqual([2, '']);
    expect(none.stderr).toContain('[no-plan]');
    add(PLAN, 'm0');
    add('TS-0043-shop', 'm2');
    const several = await runCli(['validate'], { cwd });
    expect([several.exit, several.stdout]).toEqual([2, '']);
    expect(several.stderr).toBe(
      'copse: there are 2 plans in parallel/ [several-plans]\n  next: name the one you mean:\n    copse validate TS-0042-inventory\n    copse validate TS-0043-shop\n',
    );
    const wrong = await runCli(['validate', 'TS-0099', '--json'], { cwd });
    expect(wrong.exit).toBe(2);
    expect(JSON.parse(wrong.stdout)).toMatchObject({ ok: false, error: { code: 'plan-not-found' } });
    expect((await runCli(['validate', '--nonsense'], { cwd })).exit).toBe(2);
  });

  it('has colours on a terminal only, and not with NO_COLOR', async () => {
    add(PLAN, 'shapes');
    const escapes = /\u001b\[/;
    expect((await runCli(['validate'], { cwd })).stdout).not.toMatch(escapes);
    expect((await runCli(['validate'], { cwd, tty: 80 })).stdout).toMatch(escapes);
    expect((await runCli(['validate'], { cwd, tty: 80, env: { NO_COLOR: '1' } })).stdout).not.toMatch(escapes);
  });

  it('wraps long lists of owners, and keeps long paths whole', async () => {
    const dir = join(cwd, 'parallel', PLAN, 'tasks');
    mkdirSync(dir, { recursive: true });
    const long = `src/${'very-long-folder-name/'.repeat(3)}index.ts`;
    for (let i = 1; i <= 9; i++) {
      const id = `task-00${i}-component`;
      writeFileSync(
        join(dir, `${id}.md`),
        taskFile(id, {
          wave: i,
          deps: i > 1 ? `task-00${i - 1}-component` : '',
          scope: `MODIFY: ${long}\nCREATE: src/${i}.ts\nBOUNDARY: none`,
        }),
      );
    }
    const { stdout } = await runCli(['validate'], { cwd });
    const matrix = stdout.slice(stdout.indexOf('File ownership'));
    expect(matrix).toContain(`  ${long}\n`);
    for (let i = 1; i <= 9; i++) expect(matrix).toContain(`task-00${i} w${i}`);
    for (const line of matrix.split('\n')) if (!line.includes(long)) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('cuts what is long, unless --verbose', async () => {
    const dir = join(cwd, 'parallel', PLAN, 'tasks');
    mkdirSync(dir, { recursive: true });
    for (let i = 0; i < 250; i++)
      writeFileSync(join(dir, `task-${i}.md`), taskFile(`task-${i}`, { deps: i === 249 ? 'nobody' : '' }));
    const brief = (await runCli(['validate'], { cwd })).stdout;
    expect(brief).toContain('… and 150 more files; --verbose shows them all');
    expect(brief).toContain('… and 51 more findings\n--verbose shows them all\n');
    expect(brief).toContain('unknown-id');
    const whole = (await runCli(['validate', '--verbose'], { cwd })).stdout;
    expect(whole).not.toContain('--verbose');
    expect(whole.split('missing-contract')).toHaveLength(251);
  });

  it('says once what it would say of every task, unless --verbose', async () => {
    const dir = add(PLAN, 'm2');
    for (const id of ['001-users', '002-products', '003-orders']) rmSync(join(dir, 'tasks', `task-${id}.md`));
    for (let i = 1; i <= 5; i++) writeFileSync(join(dir, `tasks/task-00${i}-x.md`), taskFile(`task-00${i}-x`));
    const tasks = [1, 2, 3, 4, 5].map((i) => ({ id: `task-00${i}` }));
    writeFileSync(join(dir, 'manifest.json'), JSON.stringify({ waves: [{ number: 1, tasks }] }));
    const brief = (await runCli(['validate'], { cwd })).stdout;
    expect(brief).toContain(
      'id-alias task-001 is task-001-x of tasks/task-001-x.md\n    … and 4 more like it in this file\n',
    );
    expect(brief).not.toContain('task-002 is');
    expect((await runCli(['validate', '--verbose'], { cwd })).stdout.split(' id-alias ')).toHaveLength(6);
  });

  it('nothing in a plan moves the cursor', async () => {
    const dir = join(cwd, 'parallel', PLAN, 'tasks');
    mkdirSync(dir, { recursive: true });
    const evil = '\u001b]0;owned\u0007\u001b[2J';
    writeFileSync(
      join(dir, `a${evil}.md`),
      taskFile('a1', { scope: `CREATE: ${evil}.ts\nBOUNDARY: ${evil}`, more: `title: "${evil}"` }),
    );
    writeFileSync(join(dir, 'a2.md'), taskFile('a2').replace('# a2: Title of a2', `# ${evil}`));
    const { stdout } = await runCli(['validate', '--verbose'], { cwd });
    expect(stdout.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });
});
