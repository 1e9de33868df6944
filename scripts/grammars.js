// Makes grammars/ from the package @vscode/tree-sitter-wasm of tools/: the grammars we use, compressed. `--check` only compares.
// Run after a new version of that package; see docs/decisions/0001-dependencies.md.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import { install } from './installed.js';

/** The languages of src/syntax/languages.ts. */
const LANGUAGES = ['c-sharp', 'go', 'java', 'javascript', 'python', 'ruby', 'rust', 'tsx', 'typescript'];

install('tools');
const root = fileURLToPath(new URL('..', import.meta.url));
const source = `${root}tools/node_modules/@vscode/tree-sitter-wasm`;
const isCheck = process.argv.includes('--check');
mkdirSync(`${root}grammars`, { recursive: true });
for (const language of LANGUAGES) {
  const wasm = readFileSync(`${source}/wasm/tree-sitter-${language}.wasm`);
  const file = `${root}grammars/${language}.wasm.br`;
  if (isCheck) check(file, wasm);
  else writeFileSync(file, compressed(wasm));
}
if (!isCheck) writeFileSync(`${root}grammars/LICENSE`, readFileSync(`${source}/LICENSE`));

function compressed(bytes) {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  return brotliCompressSync(bytes, { params });
}

function check(file, wasm) {
  if (brotliDecompressSync(readFileSync(file)).equals(wasm)) return;
  console.error(`${file} is not what the package holds: run node scripts/grammars.js`);
  process.exitCode = 1;
}
