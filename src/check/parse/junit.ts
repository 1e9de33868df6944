import type { Case } from '../../run/check.ts';
import { caseOf, countsOf, type Parser } from './parser.ts';
import { placesIn } from './places.ts';

const TAG = /<testcase\b((?:[^>"']|"[^"]*"|'[^']*')*?)(\/?)>/g;
const PROBLEM = /<(failure|error)\b((?:[^>"']|"[^"]*"|'[^']*')*?)(?:\/>|>([\s\S]*?)<\/\1>)/;

/** JUnit's XML as pytest, maven, gradle and many others write it; several documents one after the other are fine. */
export const junit: Parser = (output) => {
  if (!/<testsuites?\b/.test(output)) return null;
  const cases: Case[] = [];
  for (const match of output.matchAll(TAG)) {
    const [, attributes, empty] = match;
    const from = match.index + match[0].length;
    const end = empty ? from : output.indexOf('</testcase>', from);
    cases.push(testCase(attributesOf(attributes!), output.slice(from, end < 0 ? undefined : end)));
  }
  return { cases, counts: countsOf(cases) };
};

function testCase(attributes: Map<string, string>, body: string): Case {
  const problem = PROBLEM.exec(body.replace(/<system-(out|err)>[\s\S]*?<\/system-\1>/g, ''));
  const outcome = problem ? 'failed' : /<skipped\b/.test(body) ? 'skipped' : 'passed';
  const name = [attributes.get('classname'), attributes.get('name')].filter(Boolean).join(' > ');
  const said = problem && [attributesOf(problem[2]!).get('message'), textOf(problem[3] ?? '')];
  const message = said?.filter(Boolean).join('\n');
  const place = placesIn(message ?? '')[0];
  const file = attributes.get('file') ?? place?.file;
  const line = place && place.file === file ? place.line : attributes.get('line');
  return caseOf({ id: [attributes.get('file'), name].filter(Boolean).join(' '), name, file, line, outcome, message });
}

function attributesOf(text: string): Map<string, string> {
  return new Map(
    [...text.matchAll(/([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)].map(([, name, a, b]) => [name!, decode(a ?? b!)]),
  );
}

function textOf(body: string): string {
  return body
    .split(/(<!\[CDATA\[[\s\S]*?\]\]>)/)
    .map((part) => (part.startsWith('<![CDATA[') ? part.slice(9, -3) : decode(part)))
    .join('');
}

const NAMED: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function decode(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));/gi, (all, hex, decimal, name) => {
    if (name !== undefined) return NAMED[name] ?? all;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : all;
  });
}
