import { isUtf8 } from 'node:buffer';
import { type Dirent, existsSync, readdirSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { parsePlan } from '../plan/parse.ts';
import type { Diagnostic, PlanOptions, PlanResult, PlanSource } from '../plan/plan.ts';
import { EXIT, Refusal } from '../util/refusal.ts';

/** A prompt of this size is refused by agents already ("Prompt is too long"); no other file of a plan comes near it. */
const MAX_FILE_BYTES = 2 * 1024 * 1024;
const MAX_FILES = 30_000;
const MAX_TOTAL_BYTES = 256 * 1024 * 1024;
const MAX_CONTRACT_DEPTH = 6;

export interface LoadOptions extends PlanOptions {
  /** Paths in the repository at the base; by default what is in the work tree the plan folder stands in. */
  repositoryHas?: (path: string) => boolean;
  /** Takes secrets out of the texts, all but the manifest's: its commands are run as they are. */
  mask?: (text: string) => string;
}

/** Reads and checks a plan folder. Refuses only a folder that is not there; everything else is a diagnostic. */
export function loadPlanFolder(dir: string, { repositoryHas, mask, ...options }: LoadOptions = {}): PlanResult {
  const has = repositoryHas ?? workTreeHas(dir);
  return parsePlan({ ...readPlanFolder(dir, mask), ...(has ? { repositoryHas: has } : {}) }, options);
}

/** The text of a plan folder. What is too large, not text or outside the folder is in `unreadable`, never in `files`. */
export function readPlanFolder(dir: string, mask?: LoadOptions['mask']): PlanSource {
  const root = realFolder(dir);
  const sheet = newSheet(root);
  for (const file of ['manifest.json', 'context.md']) {
    const entry = sheet.list('.').find(({ name }) => name === file);
    if (entry) sheet.read(file, entry, 'error');
  }
  for (const [folder, ending] of [
    ['tasks', /\.md$/i],
    ['prompts', /\.txt$/],
  ] as const) {
    for (const entry of sheet.list(folder))
      if (ending.test(entry.name)) sheet.read(`${folder}/${entry.name}`, entry, 'error');
  }
  readContracts('contracts', sheet, MAX_CONTRACT_DEPTH);
  if (mask) takeOutSecrets(sheet, mask);
  return { name: basename(resolve(dir)), files: sheet.files, unreadable: sheet.unreadable };
}

/** A key in a plan would go to the model with the prompt. */
function takeOutSecrets({ files, unreadable }: Sheet, mask: (text: string) => string): void {
  for (const [file, text] of files) {
    const clean = mask(text);
    if (clean === text) continue;
    const line = 1 + text.split('\n').findIndex((each, index) => each !== clean.split('\n')[index]);
    const [what] = /‹[^›]*›/.exec(clean) ?? ['a secret'];
    const runs = file === 'manifest.json';
    const problem: Problem = [
      'secret-in-plan',
      `${file} holds ${what}${runs ? '' : '; it is taken out of what agents are given'}`,
      'name an environment variable instead, and give the key a new value if the plan was shared',
    ];
    unreadable.push(diagnosticOf(file, 'warning', problem, Math.max(1, line)));
    if (!runs) files.set(file, clean);
  }
}

function realFolder(dir: string): string {
  try {
    const root = realpathSync(dir);
    if (statSync(root).isDirectory()) return root;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') throw error;
  }
  throw new Refusal('plan-not-found', `there is no folder ${dir}`, {
    exit: EXIT.usage,
    hint: 'name a plan folder, such as parallel/TS-0042-inventory-system',
  });
}

function readContracts(folder: string, sheet: Sheet, depth: number): void {
  for (const entry of sheet.list(folder)) {
    const path = `${folder}/${entry.name}`;
    if (!sheet.isFolder(path, entry)) sheet.read(path, entry, 'warning');
    else if (depth > 0 && !entry.name.startsWith('.')) readContracts(path, sheet, depth - 1);
  }
}

/** Code, message, hint. */
type Problem = [string, string, string?];

interface Sheet {
  files: Map<string, string>;
  unreadable: Diagnostic[];
  /** Entries of a folder of the plan, sorted by name; none when it is not there. */
  list(folder: string): Dirent[];
  isFolder(path: string, entry: Dirent): boolean;
  read(path: string, entry: Dirent, level: 'error' | 'warning'): void;
}

function diagnosticOf(file: string, level: Diagnostic['level'], [code, message, hint]: Problem, line = 1): Diagnostic {
  return { code, level, message, file, line, column: 1, ...(hint ? { hint } : {}) };
}

function newSheet(root: string): Sheet {
  const files = new Map<string, string>();
  const unreadable: Diagnostic[] = [];
  let count = 0;
  let total = 0;
  const report = (path: string, level: 'error' | 'warning', problem: Problem) => {
    unreadable.push(diagnosticOf(path, level, problem));
  };
  const attempt = (path: string, level: 'error' | 'warning', action: () => Problem | null) => {
    try {
      const problem = action();
      if (problem) report(path, level, problem);
    } catch (error) {
      report(path, level, ['unreadable-file', `${path} cannot be read: ${(error as Error).message}`]);
    }
  };
  return {
    files,
    unreadable,
    list(folder) {
      let entries: Dirent[] = [];
      if (!existsSync(join(root, folder))) return entries;
      attempt(folder, 'error', () => {
        if (folder !== '.' && !isInside(root, folder)) return outside(folder);
        entries = readdirSync(join(root, folder), { withFileTypes: true });
        return null;
      });
      return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    isFolder: (path, entry) =>
      entry.isDirectory() ||
      (entry.isSymbolicLink() &&
        isInside(root, path) &&
        (statSync(join(root, path), { throwIfNoEntry: false })?.isDirectory() ?? false)),
    read(path, entry, level) {
      attempt(path, level, () => {
        if (entry.isSymbolicLink() && !isInside(root, path)) return outside(path);
        const file = `${root}${sep}${path}`;
        const stat = statSync(file);
        count += 1;
        total += Math.min(stat.size, MAX_FILE_BYTES);
        if (count > MAX_FILES || total > MAX_TOTAL_BYTES) return tooMany(count);
        const text = readText(file, path, stat);
        if (typeof text !== 'string') return text;
        files.set(path, text);
        return null;
      });
    },
  };
}

/** The text of a regular file, or what is wrong with it. */
function readText(file: string, path: string, stat: Stats): string | Problem {
  // Opening a pipe would wait for a writer for ever.
  if (!stat.isFile()) return ['not-a-file', `${path} is no regular file`];
  if (stat.size > MAX_FILE_BYTES) {
    const size = (stat.size / 1024 / 1024).toFixed(1);
    return [
      'file-too-large',
      `${path} has ${size} MiB; at most 2 MiB can be read`,
      'agents refuse such a prompt: shorten it',
    ];
  }
  const bytes = readFileSync(file);
  if (!isUtf8(bytes)) {
    const wide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    return ['not-text', `${path} is not UTF-8${wide ? ' but UTF-16' : ''}`, 'save it as UTF-8'];
  }
  const text = bytes.toString();
  if (!text.includes('\0')) return text;
  return ['not-text', `${path} has a NUL character on line ${text.slice(0, text.indexOf('\0')).split('\n').length}`];
}

function outside(path: string): Problem {
  return [
    'symlink-outside',
    `${path} is a link that leads out of the plan folder`,
    'copy the file into the plan folder',
  ];
}

function tooMany(count: number): Problem {
  return [
    'plan-too-large',
    count > MAX_FILES ? `the plan has more than ${MAX_FILES} files` : 'the plan has more than 256 MiB',
  ];
}

/** Whether a path, all links followed, is still below `root`; a broken link counts as inside and fails when it is read. */
function isInside(root: string, path: string): boolean {
  let real: string;
  try {
    real = realpathSync(join(root, path));
  } catch {
    return true;
  }
  return real.startsWith(root.endsWith(sep) ? root : root + sep);
}

/** Asks the work tree around a folder; undefined outside of git. */
function workTreeHas(dir: string): ((path: string) => boolean) | undefined {
  const root = workTreeOf(dir);
  return root === undefined ? undefined : hasFiles(root);
}

/** Asks below a folder; what is in a folder that is not there need not be looked for. */
function hasFiles(root: string): (path: string) => boolean {
  const folders = new Map<string, boolean>([['', true]]);
  const has = (path: string) =>
    hasFolder(path.slice(0, Math.max(0, path.lastIndexOf('/')))) && existsSync(`${root}/${path}`);
  function hasFolder(folder: string): boolean {
    const known = folders.get(folder);
    if (known !== undefined) return known;
    const found = has(folder);
    folders.set(folder, found);
    return found;
  }
  return has;
}

/** The top of the work tree that a folder is in. */
export function workTreeOf(dir: string): string | undefined {
  for (let folder = resolve(dir); ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}
