import type { Case } from '../../run/check.ts';
import { caseOf, countsOf, type Parser } from './parser.ts';
import { placesIn } from './places.ts';

const POINT = /^( *)(not )?ok\b(?: +\d+)?(?: +-)? ?(.*)$/;

/** TAP 12 to 14, with the nested points and YAML blocks that node:test writes. A point with subtests is no case of its own. */
export const tap: Parser = (output) => {
  const lines = output.split('\n');
  if (!lines.some((line) => /^TAP version \d+$/.test(line.trim()) || /^1\.\.\d+/.test(line))) return null;
  const cases: Case[] = [];
  const groups: string[] = []; // by depth: the name of the subtest that is open
  for (const [index, line] of lines.entries()) {
    const opened = /^( *)# Subtest: (.*)$/.exec(line);
    if (opened) {
      groups.length = depthOf(opened[1]!);
      groups.push(plainName(opened[2]!));
      continue;
    }
    const point = POINT.exec(line);
    if (!point) continue;
    const block = yamlBlock(lines, index + 1, point[1]!);
    const depth = depthOf(point[1]!);
    groups.length = Math.min(groups.length, depth);
    if (!hasSubtests(lines, index, point[1]!, block)) cases.push(pointCase(point, groups, block));
  }
  return { cases, counts: countsOf(cases) };
};

function pointCase([, , not, rest]: RegExpExecArray, groups: readonly string[], block: string): Case {
  const directive = /(?:^|[^\\])# *(skip|todo)\b/i.exec(rest!);
  const own = plainName((directive ? rest!.slice(0, directive.index + 1) : rest!).trim());
  const name = [...groups, own].join(' > ');
  const [, at, line] = /^\s*location: '?(.*?):(\d+)(?::\d+)?'?$/m.exec(block) ?? [];
  const place = at === undefined ? placesIn(block)[0] : { file: at, line };
  const file = place?.file;
  // What is to be done still, or was left out, fails nothing.
  const outcome = directive ? 'skipped' : not ? 'failed' : 'passed';
  return caseOf({ id: `${file ?? ''}::${name}`, name, file, line: place?.line, outcome, message: messageOf(block) });
}

/** The YAML block that belongs to a point, without its dashes. */
function yamlBlock(lines: readonly string[], from: number, indent: string): string {
  if (lines[from]?.trim() !== '---' || !lines[from]!.startsWith(indent)) return '';
  const end = lines.findIndex((line, index) => index > from && line.trim() === '...');
  return lines.slice(from + 1, end < 0 ? from + 200 : end).join('\n');
}

/** Its plan stands one level deeper, just before it. */
function hasSubtests(lines: readonly string[], index: number, indent: string, block: string): boolean {
  if (/failureType: 'subtestsFailed'/.test(block)) return true;
  return new RegExp(`^ {${indent.length + 1},}1\\.\\.[1-9]`).test(lines[index - 1] ?? '');
}

function messageOf(block: string): string | undefined {
  const [, indented, quoted] =
    /^\s*(?:error|message): (?:[|>]-?\n((?:\s+.*\n?)+?)(?=\s*\w+: |$)|(.*))/m.exec(block) ?? [];
  const said = (indented ?? quoted?.replace(/^['"]|['"]$/g, ''))?.trim();
  const stack = /^\s*stack: \|-?\n([\s\S]*)/m.exec(block)?.[1]?.replace(/^ {4,}/gm, '  ');
  return [said, stack].filter(Boolean).join('\n') || undefined;
}

const depthOf = (indent: string) => Math.floor(indent.length / 4);
const plainName = (text: string) => text.replace(/\\([#\\])/g, '$1');
