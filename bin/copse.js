#!/usr/bin/env node
// CommonJS (see package.json beside it) and no stream: `copse --help` starts as fast as node itself (docs/benchmarks.md).
const { readFileSync, writeFileSync } = require('node:fs');

const argv = process.argv.slice(2);
if (argv.length !== 1 || !['--help', '-h', 'help'].includes(argv[0]) || !printHelp()) {
  require('./load.js').load(`${__dirname}/../dist/start/start.cjs`).start();
}

/** Prints the text that the build wrote; false when there is none, or nobody reads it. */
function printHelp() {
  try {
    writeFileSync(1, readFileSync(`${__dirname}/../dist/help.txt`));
    return true;
  } catch {
    return false;
  }
}
