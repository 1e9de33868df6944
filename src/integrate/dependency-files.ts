import { GENERATED_FILES } from '../scope/allow.ts';

/** Files that say what a project depends on: when one changes, what was installed for it is no longer what it needs. */
export const DEPENDENCY_FILES: readonly string[] = [
  ...GENERATED_FILES,
  ...[
    'package.json',
    'pnpm-workspace.yaml',
    'pyproject.toml',
    'setup.py',
    'setup.cfg',
    'requirements*.txt',
    'Pipfile',
    'Cargo.toml',
    'go.mod',
    'go.work',
    'Gemfile',
    '*.gemspec',
    'composer.json',
    'mix.exs',
    'pubspec.yaml',
    'pom.xml',
    'build.gradle',
    'build.gradle.kts',
    'libs.versions.toml',
    '*.csproj',
    'Directory.Packages.props',
  ].map((name) => `**/${name}`),
  '.gitmodules',
  '.worktreeinclude',
];
