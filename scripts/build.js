// Compiles src/ to dist/, from nothing, so that a file deleted in src/ is gone from dist/ too.
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
rmSync(`${root}dist`, { recursive: true, force: true });
run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json');
run('scripts/write-help.js', 'dist');

function run(...argv) {
  execFileSync(process.execPath, argv, { cwd: root, stdio: 'inherit' });
}
