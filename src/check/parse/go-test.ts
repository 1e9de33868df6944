import type { Case } from '../../run/check.ts';
import { caseOf, countsOf, type Parser } from './parser.ts';
import { placesIn } from './places.ts';

interface Event {
  Action: string;
  Package?: string;
  ImportPath?: string;
  Test?: string;
  Output?: string;
}

const OUTCOMES: Record<string, Case['outcome']> = { pass: 'passed', fail: 'failed', skip: 'skipped' };

/** `go test -json`: an event a line. A test with failing subtests fails through them; a package that does not build is a case. */
export const goTest: Parser = (output) => {
  const events = output.split('\n').flatMap(eventOf);
  if (events.length === 0) return null;
  const said = new Map<string, string>();
  const ended = new Map<string, Case['outcome']>();
  for (const event of events) {
    const key = keyOf(event);
    if (event.Output !== undefined) said.set(key, `${said.get(key) ?? ''}${event.Output}`);
    const outcome = OUTCOMES[event.Action];
    if (outcome !== undefined) ended.set(key, outcome);
  }
  const keys = [...ended.keys()];
  const cases = keys.flatMap((key): Case[] => {
    const [pkg, test] = key.split(' ') as [string, string | undefined];
    const outcome = ended.get(key)!;
    const within = keys.some((other) => other.startsWith(test === undefined ? `${pkg} ` : `${key}/`));
    if (test === undefined ? outcome !== 'failed' || failedWithin(pkg, ended) : within) return [];
    const message = [said.get(key), test === undefined ? buildOutput(pkg, said) : ''].join('');
    const place = placesIn(message)[0];
    const file = place && inPackage(place.file, pkg);
    return [
      caseOf({
        id: key,
        name: key,
        file,
        line: place?.line,
        outcome,
        message: outcome === 'failed' ? message : undefined,
      }),
    ];
  });
  return { cases, counts: countsOf(cases) };
};

function eventOf(line: string): Event[] {
  if (!line.startsWith('{"') || !line.includes('"Action"')) return [];
  try {
    return [JSON.parse(line) as Event];
  } catch {
    return []; // a line that was cut
  }
}

const keyOf = ({ Package, ImportPath, Test }: Event) =>
  [Package ?? `build:${ImportPath}`, Test].filter(Boolean).join(' ');

function failedWithin(pkg: string, ended: ReadonlyMap<string, Case['outcome']>): boolean {
  return [...ended].some(([key, outcome]) => outcome === 'failed' && key.startsWith(`${pkg} `));
}

/** What the compiler said of a package that has no tests to run for it. */
function buildOutput(pkg: string, said: ReadonlyMap<string, string>): string {
  const found = [...said].filter(([key]) => key.startsWith(`build:${pkg}`) && /^build:[^ ]+/.test(key));
  return found.map(([, text]) => text).join('');
}

/** Tests name files without their folder; `example.com/mod/inner` may lie in `inner/`, which only a module file could tell. */
function inPackage(file: string, pkg: string): string {
  if (file.includes('/')) return file;
  const inner = pkg
    .split('/')
    .slice(pkg.split('/')[0]!.includes('.') ? 3 : 1)
    .join('/');
  return inner === '' ? file : `${inner}/${file}`;
}
