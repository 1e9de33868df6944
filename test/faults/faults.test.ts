import { afterAll, describe, expect, it } from 'vitest';
import { type Driven, drive } from './drive.ts';
import type { Fault } from './fault.ts';
import { judge } from './judge.ts';
import { python } from './python.ts';
import { typescript } from './typescript.ts';

// Defects that are put into what agents make, in real runs. Each must be named by the report, with task, file and line, and
// nothing else may be said.

const SUITES = [typescript, python];
const driven: Driven[] = [];
afterAll(() => {
  for (const each of driven) each.remove();
});

/** What is seen on one branch stands apart from what only the merged tree shows: there all branches must have landed. */
const isOfBranch = ({ expect: [first] }: Fault) => first!.rule.startsWith('scope/');

describe.each(SUITES)('$language', (suite) => {
  it.each([
    ['branches', true],
    ['the merged tree', false],
  ])('defects of %s are named with task, file and line, and nothing else is', async (_, ofBranch) => {
    const faults = suite.faults.filter((fault) => isOfBranch(fault) === ofBranch);
    const done = await drive(
      suite,
      faults.flatMap(({ works }) => works),
      { integrate: !ofBranch },
    );
    driven.push(done);
    expect(judge(done, faults), done.output).toEqual({ missed: {}, besides: [] });
  });
});
