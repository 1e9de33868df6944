import type { Case } from '../../run/check.ts';
import { caseOf, type Parser } from './parser.ts';
import { placesIn } from './places.ts';

/** Python's unittest, and `manage.py test`: results with `-v`, failures always. */
export const unittest: Parser = (output) => {
  const ran = /^Ran (\d+) tests? in /m.exec(output);
  if (!ran) return null;
  const failures = [
    ...output.matchAll(/^={10,}\n(FAIL|ERROR): (.+)\n(?:(?!-{10,}).*\n)?-{10,}\n([\s\S]*?)(?=\n(?:={10,}|-{10,})\n)/gm),
  ];
  const failed = failures.map(([, , title, report]) => failure(title!, report!));
  const seen = new Set(failed.map(({ id }) => id));
  const others = [...output.matchAll(/^(\w+ \([\w.]+\)).*?\.\.\. (ok|skipped|expected failure)/gm)].map(
    ([, title, word]) =>
      caseOf({ id: idOf(title!), name: idOf(title!), outcome: word === 'ok' ? 'passed' : 'skipped' }),
  );
  const cases = [...failed, ...others.filter(({ id }) => !seen.has(id))];
  const skipped = Number(/^(?:OK|FAILED) \(.*?skipped=(\d+)/m.exec(output)?.[1] ?? 0);
  return {
    cases,
    counts: { passed: Math.max(0, Number(ran[1]) - failed.length - skipped), failed: failed.length, skipped },
  };
};

function failure(title: string, report: string): Case {
  const id = idOf(title);
  const places = placesIn(report);
  const module = id.replace(/\.[^.]+\.[^.]+$/, '').replaceAll('.', '/');
  const place = places.find(({ file }) => file.endsWith(`${module}.py`)) ?? places.at(-1);
  return caseOf({ id, name: id, outcome: 'failed', ...place, message: report });
}

/** `test_a (mod.Class.test_a)` of new Pythons and `test_a (mod.Class)` of old ones as `mod.Class.test_a`. */
function idOf(title: string): string {
  const [, name, path] = /^(\w+) \(([\w.]+)\)/.exec(title) ?? [];
  if (name === undefined) return title;
  return path!.endsWith(`.${name}`) ? path! : `${path}.${name}`;
}
