import type { Case } from '../../run/check.ts';
import { caseOf, type Parser } from './parser.ts';

const POINT = /^( *)([✔✖﹣▶]) (.*?)(?: \(([\d.]+)ms\)( # .*)?)?$/;

/** What node:test writes for people. Its last part tells the failing tests again, with their places. */
export const nodeSpec: Parser = (output) => {
  const summary = /^ℹ tests \d+$/m.exec(output);
  if (!summary) return null;
  const places = failingPlaces(output.slice(summary.index));
  const cases: Case[] = [];
  const groups: string[] = [];
  for (const [index, line] of output.slice(0, summary.index).split('\n').entries()) {
    const point = POINT.exec(line);
    if (!point) continue;
    const [, indent, sign, name, ms, directive] = point;
    const depth = Math.floor(indent!.length / 2);
    if (sign === '▶' && ms === undefined) {
      groups.length = depth;
      groups.push(name!);
      continue;
    }
    const closes = groups.length === depth + 1 && groups[depth] === name;
    groups.length = Math.min(groups.length, depth);
    if (!closes && sign !== '▶')
      cases.push(pointCase({ sign: sign!, names: [...groups, name!], directive, index }, places));
  }
  return { cases, counts: countsIn(output.slice(summary.index)) };
};

interface Point {
  sign: string;
  names: string[];
  directive: string | undefined;
  index: number;
}

function pointCase({ sign, names, directive }: Point, places: Map<string, Failing[]>): Case {
  const name = names.join(' > ');
  const outcome = sign === '﹣' || /# *todo/i.test(directive ?? '') ? 'skipped' : sign === '✖' ? 'failed' : 'passed';
  const place = outcome === 'failed' ? places.get(names.at(-1)!)?.shift() : undefined;
  return caseOf({ id: `${place?.file ?? ''}::${name}`, name, outcome, ...place });
}

interface Failing {
  file: string;
  line: string;
  message: string;
}

/** By the name of the test: `test at a.test.js:3:1`, then the test and its error. */
function failingPlaces(text: string): Map<string, Failing[]> {
  const places = new Map<string, Failing[]>();
  for (const match of text.matchAll(
    /^test at (.+?):(\d+):\d+\n✖ (.*?)(?: \([\d.]+ms\)(?: # .*)?)?\n((?: .*\n?|\n(?= ))*)/gm,
  )) {
    const [, file, line, name, message] = match;
    const failing = { file: file!, line: line!, message: message!.replace(/^ {2}/gm, '') };
    places.set(name!, [...(places.get(name!) ?? []), failing]);
  }
  return places;
}

function countsIn(summary: string) {
  const of = (word: string) => Number(new RegExp(`^ℹ ${word} (\\d+)$`, 'm').exec(summary)?.[1] ?? 0);
  return { passed: of('pass'), failed: of('fail') + of('cancelled'), skipped: of('skipped') + of('todo') };
}
