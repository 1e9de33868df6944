import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Folders of src/ by layer: imports point to the same or a lower layer. */
const LAYER: Record<string, number> = {
  util: 0,
  plan: 1,
  scope: 1,
  run: 1,
  schedule: 1,
  process: 2,
  machine: 2,
  git: 2,
  syntax: 2,
  agent: 3,
  workspace: 3,
  sandbox: 3,
  journal: 3,
  gate: 3,
  contract: 3,
  check: 3,
  integrate: 3,
  executor: 3,
  escape: 3,
  project: 3,
  report: 3,
  forge: 3,
  engine: 4,
  compose: 5,
  api: 6,
  cli: 6,
};

/** L3 folders meet only here. */
const SEAMS = new Set([
  'agent/adapter.ts',
  'agent/registry.ts',
  'workspace/workspace.ts',
  'journal/journal.ts',
  'gate/gate.ts',
  'executor/executor.ts',
]);

/** Where a program of ours begins: the CLI, the clients between it and agents, what parses code. */
const ENTRIES = new Set([
  'cli/start.ts',
  'agent/acp-start.ts',
  'agent/claude-sdk-start.ts',
  'contract/types/shapes-start.ts',
  'syntax/inspect-start.ts',
  'contract/openapi/judge-start.ts',
]);

const root = resolve(import.meta.dirname, '../..');
const src = join(root, 'src');
const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.includes('fixtures/'));
const text = new Map(files.map((file) => [file, readFileSync(join(src, file), 'utf8')]));

function importsOf(file: string): string[] {
  const found = text.get(file)!.matchAll(/(?:^|[^\w.])(?:from\s+|import\s*\(?\s*)'([^']+)'/gm);
  return [...found].map((match) => match[1]!);
}

function target(file: string, specifier: string): string | null {
  return specifier.startsWith('.') ? relative(src, resolve(src, dirname(file), specifier)).replaceAll('\\', '/') : null;
}

const folder = (file: string) => (file.includes('/') ? file.split('/')[0]! : '');

describe('layers', () => {
  it('every folder of src/ has a layer and stands in ARCHITECTURE.md', () => {
    const architecture = readFileSync(join(root, 'docs/ARCHITECTURE.md'), 'utf8');
    const folders = new Set(files.map(folder).filter(Boolean));
    for (const name of folders) {
      expect(LAYER, name).toHaveProperty(name);
      expect(architecture, `docs/ARCHITECTURE.md names src/${name}/`).toContain(`${name}/`);
    }
  });

  it('imports point to the same or a lower layer; L3 folders meet only at seams', () => {
    const wrong: string[] = [];
    for (const file of files) {
      for (const specifier of importsOf(file)) {
        const to = target(file, specifier);
        if (to === null) continue;
        const [from, into] = [folder(file), folder(to)];
        if (from === into || into === '') continue;
        if (LAYER[into]! > LAYER[from]!) wrong.push(`${file} → ${to} (upwards)`);
        if (LAYER[into] === 3 && LAYER[from] === 3 && !SEAMS.has(to)) wrong.push(`${file} → ${to} (not a seam)`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('pure layers import no node module', () => {
    const wrong = files
      .filter((file) => LAYER[folder(file)] === 1)
      .flatMap((file) =>
        importsOf(file)
          .filter((to) => to.startsWith('node:'))
          .map((to) => `${file} → ${to}`),
      );
    expect(wrong).toEqual([]);
  });

  it('has no import cycle, types included', () => {
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (file: string, path: string[]) => {
      if (path.includes(file)) return void cycles.push([...path.slice(path.indexOf(file)), file].join(' → '));
      if (done.has(file)) return;
      for (const specifier of importsOf(file)) {
        const to = target(file, specifier);
        if (to && text.has(to)) visit(to, [...path, file]);
      }
      done.add(file);
    };
    for (const file of files) visit(file, []);
    expect(cycles).toEqual([]);
  });

  it('every relative import names a file', () => {
    const missing = files.flatMap((file) =>
      importsOf(file)
        .map((specifier) => target(file, specifier))
        .filter((to) => to !== null && !existsSync(join(src, to)))
        .map((to) => `${file} → ${to}`),
    );
    expect(missing).toEqual([]);
  });
});

describe('one seam to the outside', () => {
  const users = (pattern: RegExp, allowed: (file: string) => boolean) =>
    files.filter((file) => !allowed(file) && pattern.test(text.get(file)!.replace(/\/\/.*|\/\*[\s\S]*?\*\//g, '')));

  it('only process/ starts processes', () => {
    expect(users(/node:child_process|node:cluster|node:worker_threads/, (file) => folder(file) === 'process')).toEqual(
      [],
    );
  });

  it('only process/ sends signals', () => {
    expect(users(/process\.kill\(/, (file) => folder(file) === 'process')).toEqual([]);
  });

  it('only git/ starts git', () => {
    expect(users(/exec\(\s*'git'/, (file) => folder(file) === 'git')).toEqual([]);
  });

  it('only the entries touch the process, and nobody the console', () => {
    expect(users(/\bconsole\./, () => false)).toEqual([]);
    expect(
      users(/process\.(exit|exitCode|argv|stdout|stderr|stdin|on|once|cwd)\b/, (file) => ENTRIES.has(file)),
    ).toEqual([]);
  });

  it('never a shell string', () => {
    expect(users(/shell:\s*true|execSync|\bexecFile\b/, () => false)).toEqual([]);
  });
});
