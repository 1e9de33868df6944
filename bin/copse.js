#!/usr/bin/env node
// CommonJS (see package.json beside it) and no stream: `copse --help` starts as fast as node itself (docs/benchmarks.md).
const { existsSync, readFileSync, writeFileSync } = require('node:fs');

const ENTRY = `${__dirname}/../dist/start/start.cjs`;
const argv = process.argv.slice(2);
const isHelp = argv.length === 1 && ['--help', '-h', 'help'].includes(argv[0]);
if (isOld(process.versions.node)) {
  refuse(
    `it needs Node 20.19 or newer, and this is ${process.versions.node} [node-too-old]`,
    'install a newer one: https://nodejs.org',
  );
} else if (!existsSync(ENTRY)) {
  refuse(
    'this copy of copse was not built [not-built]',
    `cd '${require('node:path').dirname(__dirname)}' && npm ci && npm run build`,
  );
} else if (!isHelp || !printHelp()) {
  require('./load.js').load(ENTRY).start();
}

/** As `engines` of package.json has it. */
function isOld(version) {
  const [major, minor] = version.split('.').map(Number);
  return major < 20 || (major === 20 && minor < 19);
}

/** Says it as all refusals are said; the exit status is that of an environment in which nothing can be done. */
function refuse(message, next) {
  writeFileSync(2, `copse: ${message}\n  next: ${next}\n`);
  process.exitCode = 7;
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
