// Makes vendor/openapi.cjs: what src/contract/ needs of the packages in tools/, joined into one file. `--check` only compares.
// Run after a new version of one of them; see docs/decisions/0001-dependencies.md.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { install } from './installed.js';

install('tools');
const root = fileURLToPath(new URL('..', import.meta.url));

/** Only for documents on other machines, which are never asked for. */
const withoutNetwork = {
  name: 'without-network',
  resolveId: (id) => (id === 'undici' ? id : null),
  load: (id) => (id === 'undici' ? 'export {};' : null),
};

const joined = await join();
const made = { 'openapi.cjs': joined.code, LICENSES: licenses(joined.modules) };
mkdirSync(`${root}vendor`, { recursive: true });
for (const [name, text] of Object.entries(made)) {
  const file = `${root}vendor/${name}`;
  if (!process.argv.includes('--check')) writeFileSync(file, text);
  else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
    console.error(`${file} is not what the packages of tools/ give: run node scripts/vendor.js`);
    process.exitCode = 1;
  }
}

async function join() {
  const input = `${root}tools/openapi.js`;
  const bundle = await rolldown({ input, platform: 'node', logLevel: 'warn', plugins: [withoutNetwork], cwd: root });
  try {
    const { output } = await bundle.generate({ format: 'cjs', minify: true, codeSplitting: false, comments: false });
    return { code: output[0].code, modules: Object.keys(output[0].modules) };
  } finally {
    await bundle.close();
  }
}

function licenses(modules) {
  const found = modules.map((file) => /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)).filter(Boolean);
  const folders = new Map(found.map(([folder, name]) => [name, folder]));
  return [...folders.keys()]
    .sort()
    .map((name) => license(name, folders.get(name)))
    .join('\n');
}

function license(name, folder) {
  const { version, license: kind } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
  const file = ['LICENSE', 'LICENSE.md', 'license', 'LICENSE.txt'].map((each) => `${folder}/${each}`).find(existsSync);
  const text = file ? readFileSync(file, 'utf8').trim() : '';
  return `${'='.repeat(80)}\n${name} ${version} (${kind})\n\n${text}\n`;
}
