// Joins the modules of the command line into a few, in start/ beside them (docs/decisions/0005-joined-modules.md).
// join-modules.js <folder of the compiled code>
import { join, resolve } from 'node:path';
import { rolldown } from 'rolldown';

const dist = resolve(process.argv[2]);
// Every `import()` stays one: what a command needs is loaded when it is called.
const bundle = await rolldown({ input: join(dist, 'cli/start.js'), platform: 'node', logLevel: 'warn' });
try {
  await bundle.write({ dir: join(dist, 'start'), chunkFileNames: '[name].js' });
} finally {
  await bundle.close();
}
