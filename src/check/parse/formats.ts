import type { ParserName } from '../../run/check.ts';
import { plainText } from '../../util/plain-text.ts';
import { cargo } from './cargo.ts';
import { arrows, complaints, eslint, fileList } from './complaints.ts';
import { goTest } from './go-test.ts';
import { jestJson } from './jest-json.ts';
import { junit } from './junit.ts';
import { nodeSpec } from './node-spec.ts';
import type { Parsed, Parser } from './parser.ts';
import { pytest } from './pytest.ts';
import { tap } from './tap.ts';
import { unittest } from './unittest.ts';
import { vitestText } from './vitest.ts';

/** What a config may name; `auto` takes the first of its list that knows the output. */
const PARSERS: Record<ParserName, readonly Parser[]> = {
  tap: [tap, nodeSpec],
  junit: [junit],
  pytest: [pytest, unittest],
  vitest: [jestJson, vitestText],
  jest: [jestJson, vitestText],
  'go-test': [goTest],
  cargo: [cargo, arrows, complaints],
  lines: [complaints, arrows, eslint],
  files: [fileList],
  none: [],
  auto: [goTest, jestJson, junit, tap, nodeSpec, pytest, unittest, cargo, vitestText, complaints, arrows, eslint],
};

/** Reads what a check wrote. `root`: where it ran; what names files there is told by paths relative to it. */
export function parseOutput(output: string, { parser, root }: { parser: ParserName; root: string }): Parsed | null {
  const text = plainText(output).replaceAll(`file://${root}/`, '').replaceAll(`${root}/`, '');
  for (const parse of PARSERS[parser]) {
    const parsed = parse(text);
    if (parsed !== null) return parsed;
  }
  return null;
}
