/** A place that a message or a stack names. */
export interface Place {
  file: string;
  line?: number;
}

const MAX_PLACES = 30;
const PYTHON = /File "([^"\n]+)", line (\d+)/g;
const COLON = /(?:^|[\s('"@/])((?:\.{0,2}\/)?[\w@.~+\-[\]/]*[\w\]~+-]\.[A-Za-z]\w{0,7}):(\d+)(?::\d+)?/gm;

/** The files that a text names with a line, inside the tree, in order: `src/a.ts:3:5`, `File "a.py", line 4`. */
export function placesIn(text: string): Place[] {
  const found = [...text.matchAll(PYTHON), ...text.matchAll(COLON)].sort((a, b) => a.index - b.index);
  const places: Place[] = [];
  for (const [, path, line] of found) {
    const file = path!.replace(/^\.\//, '');
    if (isForeign(file) || places.some((each) => each.file === file)) continue;
    places.push({ file, line: Number(line) });
    if (places.length === MAX_PLACES) break;
  }
  return places;
}

/** Not of the project: what is installed, and what lies outside of the tree. */
function isForeign(file: string): boolean {
  return /^(?:\/|\.\.\/|node:)|(?:^|\/)(?:node_modules|site-packages|\.venv|internal)\//.test(file);
}
