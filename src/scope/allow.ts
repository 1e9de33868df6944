/**
 * Files that tools write and nobody plans for: lockfiles and snapshots of them, at any depth. They are never out of scope,
 * unless a BOUNDARY covers them.
 */
export const GENERATED_FILES: readonly string[] = [
  'package-lock.json',
  'npm-shrinkwrap.json',
  'yarn.lock',
  'pnpm-lock.yaml',
  'bun.lock',
  'bun.lockb',
  'deno.lock',
  'uv.lock',
  'poetry.lock',
  'pdm.lock',
  'Pipfile.lock',
  'pixi.lock',
  'Cargo.lock',
  'go.sum',
  'go.work.sum',
  'Gemfile.lock',
  'composer.lock',
  'mix.lock',
  'pubspec.lock',
  'Podfile.lock',
  'Package.resolved',
  'packages.lock.json',
  'gradle.lockfile',
  'flake.lock',
  '.terraform.lock.hcl',
].map((name) => `**/${name}`);

/**
 * Files that make programs run on other people's machines, or that decide what git, an agent or a CI does with the rest: no
 * task changes one in passing. `package.json` is not among them: of it only the scripts count that an installation runs.
 */
export const SENSITIVE_FILES: readonly string[] = [
  '**/.gitattributes',
  '.gitmodules',
  '.git-blame-ignore-revs',
  '**/.husky/**',
  '**/.githooks/**',
  '.pre-commit-config.yaml',
  '{.,}lefthook{-local,}.{yml,yaml,toml,json}',
  '**/.claude/settings*.json',
  '**/.claude/{hooks,agents,commands,skills,plugins}/**',
  '**/.mcp.json',
  '.github/{workflows,actions}/**',
  '.gitlab-ci.yml',
  '.circleci/**',
  '.buildkite/**',
  'Jenkinsfile',
  'azure-pipelines.yml',
  'bitbucket-pipelines.yml',
  'copse.config.{json,yaml,yml}',
  '.worktreeinclude',
  '**/.npmrc',
  '**/.yarnrc{,.yml}',
  '**/.pnpmfile.cjs',
  '**/.envrc',
  '.devcontainer/**',
  '.vscode/{tasks,launch,settings}.json',
];
