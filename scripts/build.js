// Compiles src/ to dist/, from nothing, so that a file deleted in src/ is gone from dist/ too.
// build.js [folder instead of dist]
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = resolve(root, process.argv[2] ?? 'dist');
rmSync(dist, { recursive: true, force: true });
run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--outDir', dist);
run('scripts/write-help.js', dist);
run('scripts/join-modules.js', dist);
run('scripts/keep-code.js', dist);

function run(...argv) {
  execFileSync(process.execPath, argv, { cwd: root, stdio: 'inherit' });
}
