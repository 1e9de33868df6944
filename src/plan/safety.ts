/** Longer names do not fit file systems once a suffix is added (255 bytes a component). */
const MAX_ID_BYTES = 100;
const MAX_COMPONENT_BYTES = 255;
const MAX_PATH_BYTES = 1024;

/** Nearly every path: only letters, digits and signs that mean nothing to anybody. */
const HARMLESS = /^[A-Za-z0-9_*][A-Za-z0-9_.*/@+-]{0,200}$/;

/** Why a task id cannot be a branch, a folder and a file name; null when it can. */
export function unsafeId(id: string): string | null {
  if (/^[A-Za-z0-9][A-Za-z0-9_-]{0,80}$/.test(id)) return null; // nearly every id, without tables of Unicode
  const reason = unsafeRef(id);
  if (reason) return reason;
  const odd = /[^\p{L}\p{M}\p{N}._-]/u.exec(id);
  if (odd) return `has '${odd[0]}'; letters, digits, '.', '_' and '-' are allowed`;
  return null;
}

/** Why git or a file system refuses `name` as one component of a branch name; null when neither does. */
export function unsafeRef(name: string): string | null {
  if (name === '') return 'is empty';
  if (isLonger(name, MAX_ID_BYTES)) return `is longer than ${MAX_ID_BYTES} bytes`;
  if (hasControl(name)) return 'has a control character';
  if (name.startsWith('-')) return "starts with '-'";
  if (name.startsWith('.')) return "starts with '.'";
  if (name.endsWith('.')) return "ends with '.'";
  if (/\.lock$/i.test(name)) return "ends with '.lock'";
  if (name.includes('..')) return "has '..'";
  if (name.includes('@{')) return "has '@{'";
  if (name === '@') return "is '@'";
  const odd = /[ ~^:?*[\\/]/.exec(name);
  if (odd) return odd[0] === ' ' ? 'has a space' : `has '${odd[0]}'`;
  if (hasLoneSurrogate(name)) return 'is not valid Unicode';
  return null;
}

/**
 * Why a path or glob of a plan cannot be trusted to stay inside the repository; null when it can. Braces must be
 * expanded before.
 */
export function unsafePath(path: string): string | null {
  if (HARMLESS.test(path) && !path.includes('..') && !/\.git/i.test(path)) return null;
  if (path === '') return 'is empty';
  if (hasControl(path)) return 'has a control character';
  if (hasLoneSurrogate(path)) return 'is not valid Unicode';
  if (isLonger(path, MAX_PATH_BYTES)) return `is longer than ${MAX_PATH_BYTES} bytes`;
  if (path.startsWith('-')) return "starts with '-'";
  if (path.startsWith('/') || path.startsWith('~') || /^[A-Za-z]:/.test(path)) return 'is absolute';
  if (path.includes('\\')) return "has a '\\'; write / between folders";
  const parts = path.split('/');
  if (parts.includes('..')) return "has '..'";
  if (parts.some((part) => part.toLowerCase() === '.git')) return "reaches into '.git'";
  if (parts.some((part) => isLonger(part, MAX_COMPONENT_BYTES)))
    return `has a name longer than ${MAX_COMPONENT_BYTES} bytes`;
  return null;
}

/** The same of a directory, which is named and not described by a pattern. */
export function unsafeDirectory(path: string): string | null {
  return unsafePath(path) ?? (path.includes('*') ? "has a '*': name the directory itself" : null);
}

/** Why a package specifier could be read as an option of the package manager; null when it cannot. */
export function unsafePackage(specifier: string): string | null {
  if (specifier.trim() === '') return 'is empty';
  if (specifier.trimStart().startsWith('-')) return "starts with '-'";
  if (hasControl(specifier)) return 'has a control character';
  if (isLonger(specifier, MAX_PATH_BYTES)) return `is longer than ${MAX_PATH_BYTES} bytes`;
  return null;
}

/** Why a word cannot be an argument of a program; null when it can. */
export function unsafeWord(word: string): string | null {
  if (hasControl(word)) return 'has a control character';
  if (hasLoneSurrogate(word)) return 'is not valid Unicode';
  return isLonger(word, MAX_COMPONENT_BYTES) ? `is longer than ${MAX_COMPONENT_BYTES} bytes` : null;
}

/** Two ids with one key are the same branch or folder on some file systems. */
export function collisionKey(id: string): string {
  return id.normalize('NFC').toLowerCase();
}

function hasControl(text: string): boolean {
  return /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/.test(text);
}

function hasLoneSurrogate(text: string): boolean {
  return /\p{Surrogate}/u.test(text);
}

/** Whether a text takes more than `limit` bytes in UTF-8. */
function isLonger(text: string, limit: number): boolean {
  return text.length * 3 > limit && (text.length > limit || new TextEncoder().encode(text).length > limit);
}
