import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

let swc;

/** Loads `.ts` as an ES module with its types replaced by blanks, so that lines and columns stay true. */
export async function load(url, context, nextLoad) {
  if (!/^file:.*\.ts$/.test(url)) return nextLoad(url, context);
  swc ??= (await import('@swc/wasm-typescript')).default; // 60 ms that `node --test` itself does not need
  const filename = fileURLToPath(url);
  const { code } = swc.transformSync(await readFile(filename, 'utf8'), { mode: 'strip-only', filename });
  return { format: 'module', source: code, shortCircuit: true };
}
