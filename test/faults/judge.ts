import type { Driven, Told } from './drive.ts';
import type { Expected, Fault } from './fault.ts';

/** What a report said of the defects in it. */
export interface Verdict {
  /** By the name of the defect: what the report should have said and did not. */
  missed: Record<string, string[]>;
  /** What it said besides. */
  besides: string[];
}

/**
 * Compares what a report says with the defects that were put into its run.
 * @param isThere whether a program is installed; what would need it cannot be said without
 */
export function judge(done: Driven, faults: readonly Fault[], isThere: (program: string) => boolean): Verdict {
  const missed: Record<string, string[]> = {};
  const wanted = new Set<Told>();
  for (const fault of faults) {
    const unseen = fault.needs !== undefined && !isThere(fault.needs);
    for (const expected of fault.expect.filter(({ rule }) => !(unseen && BY_PROGRAMS.test(rule)))) {
      const place = placeOf(done, fault, expected);
      const found = fault.known ? knownIn(done, place) : done.told.filter((each) => isIt(each, place));
      for (const each of found) wanted.add(each);
      if (found.length === 0) missed[fault.name] = [...(missed[fault.name] ?? []), text(place)];
    }
  }
  const failing = new Set(faults.flatMap(({ works }) => works.map(done.taskOf)));
  const isOfFault = ({ rule, tasks }: Told) => rule.startsWith('task/') && tasks.every((task) => failing.has(task));
  const besides = done.told.filter((each) => !wanted.has(each) && !isOfFault(each));
  return { missed, besides: besides.map((each) => `${text(each)}: ${each.message}`) };
}

const BY_PROGRAMS = /^check\/(?:build|tests|flaky|type-check|lint)$/;

type Place = Pick<Told, 'rule' | 'file' | 'line' | 'tasks'>;

function placeOf(done: Driven, { works }: Fault, expected: Expected): Place {
  const by = (expected.by ?? [0]).map((at) => works[at]!);
  const line = done.lineOf(expected, by[0]!);
  return { rule: expected.rule, file: expected.file, line, tasks: by.map(done.taskOf) };
}

function isIt(told: Told, { rule, file, line, tasks }: Place): boolean {
  return (
    told.rule === rule &&
    told.file === file &&
    told.line === line &&
    told.tasks.length === tasks.length &&
    tasks.every((task) => told.tasks.includes(task))
  );
}

/** A failure that the base has stands in report.json, with nobody named, and is no finding. */
function knownIn({ report }: Driven, { file, line }: Place): Told[] {
  const known = report.stack
    .flatMap(({ failures }) => failures)
    .filter((each) => each.status === 'known' && each.blame.length === 0 && each.file === file && each.line === line);
  return known.map(({ name }) => ({ rule: 'known', level: 'none', tasks: [], file, line, message: name }));
}

const text = ({ rule, file, line, tasks }: Place) => `${rule} ${file}:${line} ${tasks.join(' ')}`;
