import type { ContentFinding, ContentProblem } from '../run/content.ts';
import type { FileChange } from './diff.ts';

/** Above this a file is data, not text that somebody wrote. */
const MAX_TEXT = 2 ** 20;

/** What a look into a changed file tells. `before` is null when it is new, or was not read. */
export function textFindings(
  { path, mode, oldMode }: FileChange,
  before: Buffer | null,
  after: Buffer | null,
): ContentFinding[] {
  if (after === null || !mode.startsWith('10') || after.length > MAX_TEXT) return [];
  const findings: ContentFinding[] = [];
  const add = (problem: ContentProblem, detail: string) => findings.push({ path, problem, detail });
  if (mode === '100755' && oldMode === '100644' && !isProgram(after))
    add('executable', 'is no program by its first bytes');
  if (isBinary(after)) return findings;
  const text = after.toString('latin1');
  const old = before === null || isBinary(before) ? '' : before.toString('latin1');
  const marked = conflicts(text);
  if (marked > conflicts(old)) add('conflict-markers', `${marked} ${marked === 1 ? 'conflict' : 'conflicts'}`);
  if (old !== '' && old !== text && withoutReturns(old) === withoutReturns(text)) {
    add('line-endings', `${count(text, '\n')} lines, which differ by nothing else`);
  }
  if (/(?:^|\/)package\.json$/.test(path)) {
    const changed = changedScripts(old, text);
    if (changed.length > 0) add('install-script', changed.join(', '));
  }
  return findings;
}

function isProgram(bytes: Buffer): boolean {
  return bytes.subarray(0, 2).toString('latin1') === '#!' || bytes.subarray(0, 4).toString('latin1') === '\x7fELF';
}

/** As git tells it. */
function isBinary(bytes: Buffer): boolean {
  return bytes.subarray(0, 8000).includes(0);
}

/** Whole conflicts: all three lines, in order. A heading underlined by `=======` is none. */
function conflicts(text: string): number {
  if (!text.includes('<<<<<<< ')) return 0;
  let found = 0;
  let next = 0;
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('<<<<<<< ')) next = 1;
    else if (next === 1 && line === '=======') next = 2;
    else if (next === 2 && line.startsWith('>>>>>>> ')) {
      found += 1;
      next = 0;
    }
  }
  return found;
}

function withoutReturns(text: string): string {
  return text.replaceAll('\r', '');
}

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}

const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall', 'preprepare', 'prepare', 'postprepare', 'prepublish'];

function changedScripts(before: string, after: string): string[] {
  const [old, now] = [scriptsOf(before), scriptsOf(after)];
  return INSTALL_SCRIPTS.filter((name) => now[name] !== undefined && now[name] !== old[name]);
}

function scriptsOf(text: string): Record<string, unknown> {
  try {
    const { scripts } = JSON.parse(text) as { scripts?: unknown };
    return typeof scripts === 'object' && scripts !== null ? (scripts as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
