// Writes the text of `copse --help` beside the compiled code, so that it is printed without loading any of it.
// write-help.js <folder of the compiled code>
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const dist = resolve(process.argv[2]);
const load = (path) => import(pathToFileURL(join(dist, path)).href);
const [{ helpText }, { COMMANDS }] = await Promise.all([load('cli/help.js'), load('cli/table.js')]);
writeFileSync(join(dist, 'help.txt'), helpText(COMMANDS));
