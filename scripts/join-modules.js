// Joins the modules of each program into a few, in start/ beside them (docs/decisions/0005-joined-modules.md).
// join-modules.js <folder of the compiled code>
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { rolldown } from 'rolldown';

/** By name of the program: where it starts. Apart, since one that is small is not to load what the others share. */
const PROGRAMS = { start: 'cli/start.js', acp: 'agent/acp-start.js' };

const dist = resolve(process.argv[2]);
const folder = join(dist, 'start');
for (const [name, from] of Object.entries(PROGRAMS)) await joinProgram(name, join(dist, from));
for (const name of readdirSync(folder)) {
  const file = join(folder, name);
  writeFileSync(file, asFunction(inAscii(readFileSync(file, 'utf8'))));
}

/** Every `import()` stays one: what a command needs is loaded when it is called. */
async function joinProgram(name, file) {
  const bundle = await rolldown({ input: { [name]: file }, platform: 'node', logLevel: 'warn' });
  const prefix = name === 'start' ? '' : `${name}-`;
  try {
    await bundle.write({
      dir: folder,
      format: 'cjs',
      entryFileNames: '[name].cjs',
      chunkFileNames: `${prefix}[name].cjs`,
      comments: false,
      codeSplitting: {
        groups: [
          { name: 'entry', tags: ['$initial'], priority: 1 },
          { name: 'shared', minShareCount: 2 },
        ],
      },
    });
  } finally {
    await bundle.close();
  }
}

/** Written with escapes, which mean the same wherever such a character may stand but in a raw text. */
function inAscii(code) {
  if (/String\.raw`[^`]*[^\x00-\x7f]/.test(code)) throw new Error('a raw text that is joined has to be ASCII');
  return code.replace(/[^\x00-\x7f]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** What bin/load.js calls. */
function asFunction(code) {
  return `(function (exports, require, module, __filename, __dirname) {${code}\n})`;
}
