// Loads what the build joined, with the machine code that it kept: compiling takes longer than all else that a command does
// before its first word (docs/decisions/0005-joined-modules.md).
const { readFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { setFlagsFromString } = require('node:v8');
const { Script } = require('node:vm');

// V8 of Node 20 begins to optimize what has run for a few milliseconds: a command ends before that pays, and the threads
// that do it take time from the agents. Newer ones wait by themselves, and do not know the option.
if (process.versions.node.startsWith('20.')) setFlagsFromString('--interrupt-budget=1200000');

/** By file: what it exports, and the script that it is. */
const loaded = new Map();

/**
 * What a joined module exports. They require each other by their places; all else comes with Node. None of them has an
 * `import()` of its own: it would not work in a script.
 */
function load(file) {
  const known = loaded.get(file);
  if (known) return known.exports;
  const module = { exports: {}, script: compile(file) };
  loaded.set(file, module);
  const requireFrom = (name) => (name.startsWith('./') ? load(join(dirname(file), name)) : requireOutside(name));
  module.script.runInThisContext()(module.exports, requireFrom, module, file, dirname(file));
  return module.exports;
}

/** Most commands need nothing of these, which take some milliseconds each. */
const LATE = new Set(['node:crypto', 'node:zlib']);

function requireOutside(name) {
  return LATE.has(name) ? new Proxy({}, { get: (_, key) => require(name)[key] }) : require(name);
}

function compile(file) {
  const source = readFileSync(file, 'latin1'); // the build wrote nothing but ASCII, which is read three times as fast
  let cachedData; // passed over by another version of V8 than the one that made it
  try {
    cachedData = readFileSync(codeFile(file));
  } catch {
    // It is compiled as ever.
  }
  return new Script(source, { filename: file, cachedData });
}

/** Where the machine code of a file is kept. */
const codeFile = (file) => `${file}.code`;

/** The machine code of a file that was loaded, with that of all that ran meanwhile. */
const codeOf = (file) => loaded.get(file).script.createCachedData();

module.exports = { load, codeFile, codeOf };
