import type { Case } from '../../run/check.ts';
import { fingerprint } from '../fingerprint.ts';
import { caseOf, countsOf, type Parser } from './parser.ts';

const LINES: RegExp[] = [
  // tsc: `src/a.ts(3,5): error TS2322: …`, and for people `src/a.ts:3:5 - error TS2322: …`
  /^(?<file>[^\s(][^(]*)\((?<line>\d+),\d+\): (?<level>error|warning) (?<rule>\w+): (?<text>.*)$/,
  /^(?<file>\S.*?):(?<line>\d+):\d+ - (?<level>error|warning) (?<rule>\w+): (?<text>.*)$/,
  // mypy: `a.py:3: error: …  [code]`; cargo's short form: `src/main.rs:3:5: error[E0308]: …`
  /^(?<file>\S.*?):(?<line>\d+):(?:\d+:)? (?<level>error|warning|note)(?:\[(?<rule>\w+)\])?: (?<text>.*)$/,
  // ruff, flake8: `a.py:1:8: F401 …`
  /^(?<file>\S.*?):(?<line>\d+):\d+: (?<rule>[A-Z]{1,4}\d{1,5}|SyntaxError|invalid-syntax)\b:? (?<text>.*)$/,
  // go vet, go build: `./a.go:3:2: …`, with `vet: ` before it at times
  /^(?:vet: )?(?<file>\S+?\.go):(?<line>\d+):(?:\d+:)? (?<text>.*)$/,
];

/** One line a complaint: tsc, mypy, ruff, flake8, go, cargo's short form. */
export const complaints: Parser = (output) => {
  const cases = output.split('\n').flatMap((line): Case[] => {
    const found = LINES.map((pattern) => pattern.exec(line)?.groups).find(Boolean);
    if (!found || found.level === 'note' || found.level === 'warning') return [];
    const rule = found.rule ?? /\[([a-z][\w-]*)\]$/.exec(found.text!)?.[1] ?? '';
    return [complaint({ file: found.file!, line: found.line!, rule, text: found.text! })];
  });
  return cases.length === 0 ? null : { cases, counts: countsOf(cases) };
};

/** ruff's long form: `F401 [*] …`, then ` --> a.py:1:8`; rustc's: `error[E0308]: …`, then ` --> src/main.rs:3:5`. */
export const arrows: Parser = (output) => {
  const found = output.matchAll(/^(?:error(?:\[(\w+)\])?: |([A-Z]{1,4}\d{1,5}) )(.+)\n\s*--> (.+?):(\d+):\d+/gm);
  const cases = [...found].map(([, code, rule, text, file, line]) =>
    complaint({ file: file!, line: line!, rule: code ?? rule ?? '', text: text!.replace(/^\[\*\] /, '') }),
  );
  return cases.length === 0 ? null : { cases, counts: countsOf(cases) };
};

/** eslint for people: a line with the file, then `  3:5  error  message  rule`. */
export const eslint: Parser = (output) => {
  const cases: Case[] = [];
  let file = '';
  for (const line of output.split('\n')) {
    const [, at, level, text, rule] = /^ +(\d+):\d+ +(error|warning) +(.*?)(?: {2,}([\w@/-]+))?$/.exec(line) ?? [];
    if (at === undefined) file = /^\S/.test(line) ? line.trim() : file;
    else if (level === 'error') cases.push(complaint({ file, line: at, rule: rule ?? '', text: text! }));
  }
  return cases.length === 0 ? null : { cases, counts: countsOf(cases) };
};

/** gofmt -l, and others that name a file a line. */
export const fileList: Parser = (output) => {
  const files = output.split('\n').filter((line) => /^[\w@./-][^\s:]*\.\w+$/.test(line));
  const cases = files.map((file) => complaint({ file, line: '0', rule: 'format', text: 'is not formatted' }));
  return cases.length === 0 ? null : { cases, counts: countsOf(cases) };
};

function complaint({ file, line, rule, text }: { file: string; line: string; rule: string; text: string }): Case {
  const path = file.replace(/^\.\//, '');
  const name = [path, rule].filter(Boolean).join(' ');
  return caseOf({ id: fingerprint(path, rule, text), name, file: path, line, outcome: 'failed', message: text });
}
