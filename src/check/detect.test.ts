import { describe, expect, it } from 'vitest';
import { withConfigured } from './configured.ts';
import { detectChecks, stackFolders } from './detect.ts';
import type { Tech } from './spec.ts';

function commands(files: Record<string, string>, tech?: Tech): string[] {
  return specs(files, tech).map(({ kind, command }) => `${kind}: ${command}`);
}

function specs(files: Record<string, string>, tech?: Tech) {
  const paths = Object.keys(files);
  const folders = stackFolders(paths).map((folder) => {
    const inside = folder === '' ? paths : paths.filter((path) => path.startsWith(`${folder}/`));
    const names = new Set(inside.map((path) => path.slice(folder === '' ? 0 : folder.length + 1).split('/')[0]!));
    return [
      folder,
      { names, read: (name: string) => files[folder === '' ? name : `${folder}/${name}`] ?? '' },
    ] as const;
  });
  return detectChecks(new Map(folders), tech);
}

const packageJson = (scripts: object, more: object = {}) => JSON.stringify({ scripts, ...more });

describe('which checks a tree has', () => {
  it('node: the scripts that are there, by the manager of its lockfile', () => {
    const scripts = { test: 'vitest run', lint: 'eslint .', build: 'tsc', start: 'node .' };
    expect(commands({ 'package.json': packageJson(scripts), 'pnpm-lock.yaml': '' })).toEqual([
      'lint: pnpm run lint',
      'tests: pnpm run test',
      'build: pnpm run build',
    ]);
  });

  it('TypeScript: its own script for types, else tsc', () => {
    const tsconfig = { 'tsconfig.json': '{}' };
    expect(commands({ ...tsconfig, 'package.json': '{}' })).toEqual(['type-check: tsc --noEmit --pretty false']);
    expect(commands({ ...tsconfig, 'package.json': packageJson({ typecheck: 'tsc -b' }) })).toEqual([
      'type-check: npm run typecheck',
    ]);
  });

  it('no check where there is none: the test of `npm init`, a broken manifest', () => {
    expect(commands({ 'package.json': packageJson({ test: 'echo "Error: no test specified" && exit 1' }) })).toEqual(
      [],
    );
    expect(commands({ 'package.json': '{"scripts": ' })).toEqual([]);
    expect(commands({ 'README.md': '' })).toEqual([]);
  });

  it('packages that package.json names have to be installed', () => {
    const [test] = specs({ 'package.json': packageJson({ test: 'x' }, { devDependencies: { x: '1' } }) });
    expect(test!.needs).toEqual([{ program: 'npm' }, { packages: true }]);
  });

  it('django: its checks, migrations, pytest where it is used, mypy and ruff where they are set up', () => {
    const pyproject = '[tool.pytest.ini_options]\n[tool.mypy]\n[tool.ruff]\n';
    expect(commands({ 'manage.py': '', 'pyproject.toml': pyproject })).toEqual([
      'build: python manage.py check',
      'migrations: python manage.py makemigrations --check --dry-run --no-input',
      'tests: python -m pytest -q -rA --color=no',
      'type-check: python -m mypy .',
      'lint: ruff check --output-format concise .',
    ]);
    expect(commands({ 'manage.py': '' })).toContain('tests: python manage.py test --no-input -v 2');
  });

  it('python: pytest when the project depends on it, else unittest when there are tests', () => {
    expect(commands({ 'requirements.txt': 'pytest>=8\n' })).toEqual(['tests: python -m pytest -q -rA --color=no']);
    expect(commands({ 'setup.py': '', 'tests/test_a.py': '' })).toEqual(['tests: python -m unittest discover -v']);
    expect(commands({ 'requirements.txt': 'pytest-django-like\n' })).toEqual([]);
  });

  it('go, rust, java', () => {
    expect(commands({ 'go.mod': '' })).toEqual([
      'build: go build ./...',
      'lint: go vet ./...',
      'lint: gofmt -l .',
      'tests: go test -json ./...',
    ]);
    expect(commands({ 'Cargo.toml': '' })).toContain('tests: cargo test --no-fail-fast');
    expect(commands({ 'pom.xml': '', mvnw: '' })).toEqual(['tests: ./mvnw -B test']);
    expect(commands({ 'build.gradle.kts': '' })).toEqual(['tests: gradle test --continue']);
  });

  it('projects in folders, when nothing is at the top; only one tech when that is asked for', () => {
    const files = {
      'api/go.mod': '',
      'web/package.json': packageJson({ test: 'x' }),
      '.x/go.mod': '',
      'a/b/go.mod': '',
    };
    expect(specs(files).map(({ name, folder }) => `${folder} ${name}`)).toEqual([
      'api api: go build',
      'api api: go vet',
      'api api: gofmt',
      'api api: go test',
      'web web: test',
    ]);
    expect(commands(files, 'typescript')).toEqual(['tests: npm run test']);
    expect(commands({ 'manage.py': '' }, 'python')).not.toEqual([]);
    expect(commands(files, 'rust')).toEqual([]);
  });

  it('the config adds, replaces by name, and leaves out', () => {
    const detected = specs({ 'go.mod': '' });
    const common = { kind: 'tests' as const, parser: 'auto' as const, folder: '', reports: [] };
    const checks = withConfigured(detected, [
      { ...common, name: 'go vet', command: false },
      { ...common, name: 'go test', command: 'go test ./... | tee log', timeout: 5000 },
      { ...common, name: 'smoke', command: ['./smoke', '--all'] },
    ]);
    expect(checks.map(({ name, command }) => [name, command])).toEqual([
      ['go build', 'go build ./...'],
      ['gofmt', 'gofmt -l .'],
      ['go test', 'go test ./... | tee log'],
      ['smoke', './smoke --all'],
    ]);
    expect(checks[2]).toMatchObject({ argv: ['bash', '-c', 'go test ./... | tee log'], timeoutMs: 5000 });
  });
});
