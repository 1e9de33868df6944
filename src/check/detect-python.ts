import type { Folder } from './folder.ts';
import { type CheckSpec, checkSpec } from './spec.ts';

/** Django's own checks, then pytest, mypy and ruff where the project has settings of them or depends on them. */
export function detectPython(folder: Folder): CheckSpec[] {
  const checks: CheckSpec[] = [];
  const { names } = folder;
  const django = names.has('manage.py');
  const settings = (section: string) =>
    ['pyproject.toml', 'setup.cfg', 'tox.ini'].some((name) => folder.read(name).includes(`[${section}`));
  if (django) {
    const needs = [{ module: 'django' }];
    const manage = (...args: string[]): [string, ...string[]] => ['python', 'manage.py', ...args];
    checks.push(checkSpec({ name: 'manage.py check', kind: 'build', argv: manage('check'), needs }));
    const migrations = manage('makemigrations', '--check', '--dry-run', '--no-input');
    checks.push(checkSpec({ name: 'migrations', kind: 'migrations', argv: migrations, needs }));
  }
  const usesPytest =
    names.has('pytest.ini') || names.has('conftest.py') || settings('tool.pytest') || settings('tool:pytest');
  if (usesPytest || mentions(folder, 'pytest')) checks.push(module('pytest', 'tests', ['-q', '-rA', '--color=no']));
  else if (django) {
    const argv: [string, ...string[]] = ['python', 'manage.py', 'test', '--no-input', '-v', '2'];
    checks.push(
      checkSpec({ name: 'manage.py test', kind: 'tests', argv, parser: 'pytest', needs: [{ module: 'django' }] }),
    );
  } else if (names.has('tests') || names.has('test')) {
    const argv: [string, ...string[]] = ['python', '-m', 'unittest', 'discover', '-v'];
    checks.push(checkSpec({ name: 'unittest', kind: 'tests', argv, parser: 'pytest' }));
  }
  if (names.has('mypy.ini') || names.has('.mypy.ini') || settings('tool.mypy') || settings('mypy')) {
    checks.push(module('mypy', 'type-check', ['.']));
  }
  if (names.has('ruff.toml') || names.has('.ruff.toml') || settings('tool.ruff')) {
    const argv: [string, ...string[]] = ['ruff', 'check', '--output-format', 'concise', '.'];
    checks.push(checkSpec({ name: 'ruff', kind: 'lint', argv, parser: 'lines' }));
  }
  return checks;
}

function module(name: string, kind: CheckSpec['kind'], args: string[]): CheckSpec {
  const parser = name === 'pytest' ? 'pytest' : 'lines';
  return checkSpec({ name, kind, argv: ['python', '-m', name, ...args], parser, needs: [{ module: name }] });
}

/** Named among what the project depends on. */
function mentions(folder: Folder, name: string): boolean {
  const files = ['pyproject.toml', 'setup.py', 'setup.cfg', 'requirements.txt', 'requirements-dev.txt'];
  return files.some((file) => new RegExp(`(?:^|["'\\s])${name}(?:$|[\\s"'=<>~!\\[;,])`, 'm').test(folder.read(file)));
}
