import type { Validation } from './plan.ts';

/** Python's `import x` and `from x import y`; the shell has no such words at the start of a command. */
const PYTHON = /^\s*(?:import\s+[\p{L}_]|from\s+[\p{L}\p{N}_.]+\s+import\b)/u;

/** Packages that are there whatever the tasks did: importing them proves nothing. */
const ALWAYS_THERE = new Set(
  'pytest unittest os sys re json math time datetime pathlib typing collections itertools functools subprocess'.split(
    ' ',
  ),
);

/** How a wave's `validation` is to be run: a bare Python statement by `python -c`, everything else by `bash -c`. */
export function detectValidation(command: string): Validation {
  return { kind: PYTHON.test(command) ? 'python' : 'shell', command };
}

/** Why this validation passes whatever the tasks did; null when it may fail. */
export function provesNothing({ kind, command }: Validation): string | null {
  if (kind === 'python') return emptyPython(command);
  const inner = /^\s*python[\d.]*\s+-c\s+(["'])([\s\S]*)\1\s*$/.exec(command)?.[2];
  if (inner !== undefined) return emptyPython(inner);
  if (/^\s*(?:true|:|exit(?:\s+0)?|(?:echo|printf)\b[^|&;<>$`]*)\s*$/.test(command)) return 'it never fails';
  if (/(?:\|\||;)\s*(?:true|:|exit\s+0)\s*$/.test(command)) return 'its end makes it succeed whatever happens before';
  return null;
}

function emptyPython(code: string): string | null {
  const statements = code.split(/[;\n]/).map((part) => part.trim());
  const real = statements.filter(
    (part) => part !== '' && part !== 'pass' && !/^print\(.*\)$/.test(part) && part[0] !== '#',
  );
  if (real.length === 0) return 'it only prints';
  const known = real.every((part) => {
    const names = /^import\s+([\w\s.,]+)$/.exec(part)?.[1] ?? /^from\s+([\w.]+)\s+import\b/.exec(part)?.[1];
    return names?.split(',').every((name) => ALWAYS_THERE.has(name.trim().split(/[.\s]/)[0]!)) ?? false;
  });
  return known ? 'it imports nothing of this project' : null;
}
