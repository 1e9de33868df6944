import { describe, expect, it } from 'vitest';
import { scope } from '../../test/rig/scopes.ts';
import { judgeChanges } from './judge.ts';
import type { Change, Scope } from './scope.ts';

const users = scope({
  create: ['apps/users/{models,views}.py', 'apps/users/tests/*.py'],
  modify: ['config/urls.py', 'apps/core/acl.py::AclFilter'],
  boundary: ['apps/orders/*'],
});

/** Judges `A path`, `M path`, `D path`, `T path` and shows `rule severity entry`. */
function judged(own: Scope, change: string, options: Partial<Parameters<typeof judgeChanges>[2]> = {}) {
  const kinds: Record<string, Change['kind']> = { A: 'added', M: 'modified', D: 'deleted', T: 'type-changed' };
  const [letter, path] = change.split(' ') as [string, string];
  const found = judgeChanges(own, [{ path, kind: kinds[letter]! }], { policy: 'warn', ...options });
  return found.map(({ rule, severity, entry }) => [rule, severity, entry].filter(Boolean).join(' ')).join('; ');
}

describe('judgeChanges', () => {
  it.each([
    ['A apps/users/models.py', ''],
    ['A apps/users/tests/test_a.py', ''],
    ['M config/urls.py', ''],
    ['D config/urls.py', ''],
    ['T config/urls.py', ''],
    ['M apps/core/acl.py', ''],
    ['A apps/orders/models.py', 'boundary fail apps/orders/*'],
    ['M apps/orders/models.py', 'boundary fail apps/orders/*'],
    ['D apps/orders/models.py', 'boundary fail apps/orders/*'],
    ['A apps/orders/sub/deep/x.py', 'boundary fail apps/orders/*'],
    ['A apps/users/extra.py', 'outside warn'],
    ['D README.md', 'outside fail'],
    ['M apps/users/models.py', 'created-existing warn apps/users/{models,views}.py'],
    ['D apps/users/models.py', 'created-existing warn apps/users/{models,views}.py'],
    ['A config/urls.py', 'modified-missing warn config/urls.py'],
    ['A apps/core/acl.py', 'modified-missing warn apps/core/acl.py::AclFilter'],
    ['M package-lock.json', ''],
    ['A services/api/uv.lock', ''],
    ['M package.json', 'outside warn'],
    ['T README.md', 'outside fail'],
    ['A apps/users/.gitattributes', 'sensitive fail'],
    ['M .github/workflows/ci.yml', 'sensitive fail'],
    ['A .husky/pre-commit', 'sensitive fail'],
    ['M web/.claude/settings.local.json', 'sensitive fail'],
    ['M lefthook-local.yml', 'sensitive fail'],
    ['M .lefthook.toml', 'sensitive fail'],
    ['A apps/Users/models.py', 'outside warn'], // git's paths have case
  ])('%s: %s', (change, expected) => {
    expect(judged(users, change)).toBe(expected);
  });

  it('policy enforce makes failures of warnings, but for what is sensitive and its own', () => {
    expect(judged(users, 'A extra.py', { policy: 'enforce' })).toBe('outside fail');
    expect(judged(users, 'A config/urls.py', { policy: 'enforce' })).toContain('modified-missing fail');
    expect(judged(users, 'M apps/users/models.py', { policy: 'enforce' })).toContain('created-existing fail');
    expect(judged(users, 'M go.sum', { policy: 'enforce' })).toBe('');
  });

  it('a sensitive file in CREATE or MODIFY, or allowed by a person, is no violation that fails', () => {
    const own = scope({ create: ['src/*'], modify: ['.github/workflows/ci.yml'] });
    expect(judged(own, 'M .github/workflows/ci.yml')).toBe('sensitive warn');
    expect(judged(own, 'M .npmrc')).toBe('sensitive fail');
    expect(judged(own, 'M .npmrc', { allow: ['.npmrc'] })).toBe('');
    expect(judged(scope({}), 'M .npmrc')).toBe('sensitive fail');
  });

  it('a path allowed by CREATE and MODIFY is fine either way', () => {
    const both = scope({ create: ['a/*'], modify: ['a/b.py'] });
    expect(judged(both, 'A a/b.py')).toBe('');
    expect(judged(both, 'M a/b.py')).toBe('');
  });

  it('without CREATE and MODIFY only BOUNDARY restricts', () => {
    const open = scope({ boundary: ['infra/'] });
    expect(judged(open, 'A anything.py', { policy: 'enforce' })).toBe('');
    expect(judged(open, 'A infra/deep/main.tf')).toBe('boundary fail infra/');
  });

  it('BOUNDARY wins over CREATE, MODIFY and the list of lockfiles', () => {
    expect(judged(scope({ create: ['a.py'], boundary: ['a.py'] }), 'A a.py')).toBe('boundary fail a.py');
    expect(judged(scope({ boundary: ['package-lock.json'] }), 'M package-lock.json')).toContain('boundary fail');
    expect(judged(scope({ boundary: ['web/*'] }), 'M web/yarn.lock')).toContain('boundary fail');
  });

  it('takes another list of generated files', () => {
    expect(judged(users, 'A dist/x.js', { allow: ['dist/'] })).toBe('');
    expect(judged(users, 'M package-lock.json', { allow: [] })).toBe('outside warn');
  });

  it('a symbol in BOUNDARY fails the file, unless the task may write other parts of it', () => {
    expect(judged(scope({ create: ['b.py'], boundary: ['a.py::A'] }), 'M a.py')).toBe('boundary fail a.py::A');
    expect(judged(scope({ modify: ['a.py::B'], boundary: ['a.py::A'] }), 'M a.py')).toBe('boundary warn a.py::A');
    expect(judged(scope({ modify: ['a.py::B'], boundary: ['a.py::A', 'a.py'] }), 'M a.py')).toBe('boundary fail a.py');
  });

  it('forbidden paths are paths, not patterns', () => {
    const forbidden = ['parallel/TS-1-[x]'];
    expect(judged(scope({}), 'M parallel/TS-1-[x]/manifest.json', { forbidden })).toBe(
      'boundary fail parallel/TS-1-[x]',
    );
    expect(judged(scope({}), 'M parallel/TS-1-x/manifest.json', { forbidden })).toBe('');
  });

  it('keeps the order of the changes and names each path once', () => {
    const changes: Change[] = ['z.py', 'apps/orders/a.py', 'a.py'].map((path) => ({ path, kind: 'added' }));
    const found = judgeChanges(users, changes, { policy: 'warn' });
    expect(found.map(({ path }) => path)).toEqual(['z.py', 'apps/orders/a.py', 'a.py']);
  });
});
