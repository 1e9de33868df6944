import fc from 'fast-check';
import { globPattern } from './globs.ts';
import { fixture, taskFile } from './plan-source.ts';

/** The texts of a plan folder, by path. */
export type Files = Record<string, string>;

/** Every documented form of a plan, and one that has everything at once: what mutations start from. */
export const VALID_PLANS: readonly Files[] = [
  ...['m0', 'm1', 'm1x', 'm2', 'm3', 'm4', 'm5', 'm5plus', 'shapes'].map((name) =>
    Object.fromEntries(fixture(name).files),
  ),
  {
    'context.md': '# Shared\n',
    'contracts/types.ts': 'export type A = string;\n',
    'tasks/task-001.md': taskFile('task-001', {
      more: 'conflicts: [task-002]\nskills: [a:b]\nmodel: opus\nagent: a:b\n',
    }),
    'tasks/task-002.md': taskFile('task-002', {
      wave: 2,
      deps: 'task-001',
      scope: 'CREATE: {a,b}/**/*.ts\nMODIFY: c.ts::D.e\nBOUNDARY: f/*',
    }),
    'prompts/task-001.txt': 'Do it.\n=== OUTPUT FORMAT ===\nNothing.\n',
    'manifest.json': JSON.stringify({
      tech_spec_id: 'TS-0042',
      title: 'All',
      waves: [
        {
          number: 1,
          name: 'one',
          tasks: [{ id: 'task-001', prompt_file: 'prompts/task-001.txt' }],
          validation: 'true',
        },
        { number: 2, tasks: [{ id: 'task-002', deps: ['task-001'], conflicts: ['task-001'] }], validation: 'import a' },
      ],
      dependencies: { node: { add: ['a@1'] }, python: { remove: ['b'] } },
    }),
  },
];

/** Scalars that have broken readers of such files before. */
export const HOSTILE_TEXTS = [
  '',
  ' ',
  '../../etc/passwd',
  '/etc/passwd',
  '..',
  '.git/hooks/pre-commit',
  '~root',
  '-rf',
  '--upload-pack=touch pwned',
  '$(touch pwned)',
  '`touch pwned`',
  '; touch pwned #',
  "'; touch pwned; '",
  '"; touch pwned; "',
  '| tee pwned',
  'a\ntouch pwned',
  'a\r\nb',
  'a\0b',
  '\u001b[2J\u001b]0;owned\u0007',
  '\u009b31m',
  '\u202egnp.exe',
  '\u2066a\u2069',
  'a\u200b\u200d\ufeffb',
  '\ud800',
  'a\udc00b',
  '\ufeff',
  '\u2028',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'task-001',
  'TASK-001',
  'task-00\u0661',
  'ta\u0301sk',
  'con',
  'HEAD',
  'refs/heads/main',
  'a.lock',
  '@{-1}',
  'x'.repeat(300),
  'é'.repeat(60),
  '😀'.repeat(60),
  '%s%n%x',
  '{{task}}',
  '{prompt_file}',
  '=== IMPORTANT RULES ===',
  '{"task_completed": true}',
  '1e999',
  '-1',
  '0x10',
  '.inf',
  'null',
  'true',
  '(none)',
  '<script>alert(1)</script>',
] as const;

const HOSTILE_GLOBS = [
  '**/**/**/**/**/**/**/**/a',
  '*'.repeat(60),
  '*a*a*a*a*a*a*a*a*a*a*a*a*b',
  '{a,{b,{c,{d,{e,{f,{g,{h,i}}}}}}}}',
  '{a,b}'.repeat(14),
  '{1..1000000}',
  '{a..z}{a..z}',
  '{,}{,}{,}',
  '{',
  '}',
  '{a',
  '{a,..}/x',
  '[',
  '[!',
  '[]a]',
  '[!a-z]*',
  '[z-a]',
  '[[:alpha:]]',
  '[\\]]',
  '!(a|b)',
  '+(a|aa)+(a|aa)+(a|aa)+(a|aa)b',
  '@(x|y)/**',
  '?(a)?(b)?(c)',
  '\\',
  'a\\*b',
  '!a.ts',
  'a//b',
  './a',
  'a/./b',
  'a/',
  '**',
  '.',
  'a::',
  '::b',
  'a.ts::B::C',
  'a.ts::B.c.d.e',
  'a.ts::__proto__',
  'src/../../b',
  'C:\\x',
  '.GIT/config',
] as const;

/** Values of front matter that mean more to YAML than to us. */
const HOSTILE_YAML = [
  '&a [*a]',
  '*nobody',
  '&a b',
  '!!js/function "function(){}"',
  '!!binary aGk=',
  '!<tag:x> y',
  '!!set {a, b}',
  '? a\n: b',
  '{a: {b: {c: d}}}',
  '[[[[[[[[[[a]]]]]]]]]]',
  '{__proto__: {x: y}}',
  '|\n  block\n  text',
  '>-\n  folded',
  '"\\u0000"',
  '"\\ud800"',
  '"\\x1b[2J"',
  '"unclosed',
  "'unclosed",
  '@reserved',
  '`reserved`',
  '%TAG ! tag:x,2000:',
  '2001-01-01',
  '0o17',
  '1_000',
  '- a',
  '<<: *a',
  '#',
  '',
] as const;

/** Lines that begin something: put anywhere. */
const HOSTILE_LINES = [
  '---',
  '...',
  '```',
  '~~~',
  '<!--',
  '# task-009: another',
  '## Scope',
  '### Files to Create',
  'CREATE: a.ts',
  'MODIFY: (',
  'BOUNDARY:',
  '- `',
  '| ID | task-009 |',
  '- **ID**: task-009',
  'id: task-009',
  'wave: 99999999999999999999',
  'wave: -1',
  'deps: [task-001, task-002, task-003]',
  'a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]',
  '<<: {id: other}',
  '? [complex, key]\n: value',
  '__proto__: [a]',
  '> > > > > > > > a',
  `${'  '.repeat(100)}- deep`,
  `${'['.repeat(80)}`,
  '\t\t\t',
] as const;

const hostileText = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<string>(...HOSTILE_TEXTS) },
  { weight: 3, arbitrary: fc.constantFrom<string>(...HOSTILE_GLOBS) },
  { weight: 1, arbitrary: fc.array(fc.nat(0x2fff), { maxLength: 20 }).map((codes) => String.fromCharCode(...codes)) },
);
const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: hostileText },
  {
    weight: 2,
    arbitrary: fc.constantFrom<unknown>(
      null,
      true,
      0,
      -1,
      1.5,
      1e21,
      Number.MAX_SAFE_INTEGER + 2,
      -0,
      [],
      {},
      [[]],
      [null],
    ),
  },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 250 }).map(nested) },
  { weight: 1, arbitrary: fc.json().map((text) => JSON.parse(text) as unknown) },
);

/** One act of a saboteur on the texts of a plan. */
type Mutation = (files: Files) => void;
/** Chooses from whatever is there, and so can be made before it is known. */
const pick = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

/** A plan that was valid before somebody had a hand in it. */
export const hostilePlan: fc.Arbitrary<Files> = fc
  .record({
    base: fc.nat(VALID_PLANS.length - 1),
    mutations: fc.array(mutations(), { minLength: 1, maxLength: 5 }),
  })
  .map(({ base, mutations }) => {
    const files = { ...VALID_PLANS[base] };
    for (const mutate of mutations) mutate(files);
    return files;
  });

/** JSON with one piece replaced, and now and then nothing wrong with it. */
export const hostileJson: fc.Arbitrary<string> = fc
  .tuple(
    fc.oneof(
      fc.json({ maxDepth: 4 }),
      fc.integer({ min: 1, max: 150 }).map((depth) => JSON.stringify(nested(depth))),
    ),
    pick,
    pick,
    scrap(),
  )
  .map(([text, where, length, scrap]) => {
    const start = Math.floor(where * text.length);
    return length < 0.2 ? text : text.slice(0, start) + scrap + text.slice(start + Math.floor(length * 6));
  });

/** One pattern, or several that somebody glued together. */
export const hostilePattern: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom<string>(...HOSTILE_GLOBS), globPattern), { minLength: 1, maxLength: 3 })
  .chain((parts) => fc.constantFrom('', '/', '*', ',').map((glue) => parts.join(glue).slice(0, 300)));

function scrap(): fc.Arbitrary<string> {
  const signs = [
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '\\',
    '\\u12',
    '\\ud800',
    '\n',
    '\t',
    '\u0001',
    '\u2028',
    '-',
    '01',
    '1.',
    '1e',
    '.5',
    'NaN',
  ];
  return fc.constantFrom(
    ...signs,
    'tru',
    'null',
    '//',
    '/**/',
    "'a'",
    '\ufeff',
    '\u00a0',
    '"__proto__":1',
    '1e400',
    '',
  );
}

function mutations(): fc.Arbitrary<Mutation> {
  return fc.oneof(
    { weight: 6, arbitrary: fc.tuple(pick, pick, hostileValue, hostileText).map(inManifest) },
    { weight: 4, arbitrary: fc.tuple(pick, pick, frontMatterValue()).map(inFrontMatter) },
    { weight: 4, arbitrary: fc.tuple(pick, pick, patterns()).map(inScope) },
    {
      weight: 3,
      arbitrary: fc.tuple(pick, pick, fc.oneof(fc.constantFrom<string>(...HOSTILE_LINES), hostileText)).map(newLine),
    },
    { weight: 2, arbitrary: fc.tuple(pick, pick, pick).map(cutAndPaste) },
    { weight: 2, arbitrary: fc.tuple(pick, pick).map(reencoded) },
    { weight: 2, arbitrary: fc.tuple(pick, pick, hostileText).map(renamed) },
  );
}

function frontMatterValue(): fc.Arbitrary<string> {
  const list = fc.array(hostileText, { maxLength: 4 }).map((items) => `[${items.join(', ')}]`);
  return fc.oneof(
    hostileText,
    hostileText.map((text) => JSON.stringify(text)),
    fc.constantFrom<string>(...HOSTILE_YAML),
    list,
  );
}

function patterns(): fc.Arbitrary<string> {
  const one = fc.oneof(fc.constantFrom<string>(...HOSTILE_GLOBS), hostileText);
  return fc
    .tuple(
      fc.constantFrom('CREATE', 'MODIFY', 'BOUNDARY', 'create', '**CREATE**'),
      fc.array(one, { minLength: 1, maxLength: 4 }),
      fc.nat(3),
    )
    .map(([directive, list, form]) => {
      if (form === 0) return `${directive}:\n${list.map((each) => `- \`${each}\` - why`).join('\n')}`;
      if (form === 1) return `${directive}:\n${list.map((each) => `- ${each} (owned by task-001)`).join('\n')}`;
      return `${directive}: ${list.join(', ')}`;
    });
}

/** Replaces, removes, renames or doubles one node of the manifest. */
function inManifest([where, how, value, key]: [number, number, unknown, string]): Mutation {
  return (files) => {
    const text = files['manifest.json'];
    if (text === undefined) return;
    let root: unknown;
    try {
      root = JSON.parse(text);
    } catch {
      return;
    }
    const spots = spotsOf(root);
    const spot = at(spots, where);
    if (!spot) return;
    const { holder, name } = spot;
    const old = holder[name];
    if (how < 0.5) holder[name] = value;
    else if (how < 0.6) delete holder[name];
    else if (how < 0.8) holder[Array.isArray(holder) ? String(holder.length) : key] = how < 0.7 ? old : value;
    else holder[name] = how < 0.9 ? [old, old] : { [key]: old };
    files['manifest.json'] = JSON.stringify(root, null, how < 0.95 ? 2 : 0);
    // What no object can hold: the same key twice, and one that only `defineProperty` makes.
    if (how > 0.97)
      files['manifest.json'] = files['manifest.json'].replace('{', `{"waves": 1, "__proto__": {"id": 1},`);
  };
}

type Holder = Record<string, unknown>;

function spotsOf(node: unknown): { holder: Holder; name: string }[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.keys(node).flatMap((name) => [{ holder: node as Holder, name }, ...spotsOf((node as Holder)[name])]);
}

function inFrontMatter([which, where, value]: [number, number, string]): Mutation {
  return edit(which, /^tasks\//, (text) => {
    const lines = text.split('\n');
    const fields = lines.flatMap((line, index) => (/^[a-z_]+:/.test(line) ? [index] : []));
    const index = at(fields, where);
    if (index !== undefined) lines[index] = `${lines[index]!.split(':')[0]}: ${value}`;
    return lines.join('\n');
  });
}

function inScope([which, where, directive]: [number, number, string]): Mutation {
  return edit(which, /^tasks\//, (text) => {
    const lines = text.split('\n');
    const places = lines.flatMap((line, index) => (/^(CREATE|MODIFY|BOUNDARY|## Scope)/.test(line) ? [index] : []));
    const index = at(places, where) ?? lines.length - 1;
    lines.splice(index, lines[index]!.startsWith('#') ? 0 : 1, directive);
    return lines.join('\n');
  });
}

function newLine([which, where, line]: [number, number, string]): Mutation {
  return edit(which, /./, (text) => {
    const lines = text.split('\n');
    lines.splice(Math.floor(where * lines.length), 0, line);
    return lines.join('\n');
  });
}

/** Removes, doubles or moves a piece. */
function cutAndPaste([which, from, length]: [number, number, number]): Mutation {
  return edit(which, /./, (text) => {
    const start = Math.floor(from * text.length);
    const piece = text.slice(start, start + Math.floor(length * 200));
    if (length < 0.4) return text.slice(0, start) + text.slice(start + piece.length);
    return length < 0.7 ? text.slice(0, start) + piece + text.slice(start) : text.slice(0, start);
  });
}

function reencoded([which, how]: [number, number]): Mutation {
  const ways: ((text: string) => string)[] = [
    (text) => `\ufeff${text}`,
    (text) => text.replaceAll('\n', '\r\n'),
    (text) => text.replaceAll('\n', '\r'),
    (text) => text.replaceAll('\n', '\u2028'),
    (text) => text.replaceAll(' ', '\u00a0'),
    (text) => text.replaceAll(':', '\uff1a'),
    (text) => text.normalize('NFD'),
    (text) => [...text].join('\0').slice(0, text.length),
    (text) => text.toUpperCase(),
    (text) => `${text}\n${text}`,
    () => '',
  ];
  return edit(which, /./, at(ways, how)!);
}

/** Gives a file another name, or the same text to two. */
function renamed([which, how, name]: [number, number, string]): Mutation {
  return (files) => {
    const path = at(Object.keys(files), which);
    if (path === undefined) return;
    const text = files[path]!;
    if (how < 0.6) delete files[path];
    const folder = at(['tasks', 'prompts', 'contracts'], how)!;
    // As a folder on a disk could give it: one name, no NUL.
    const clean = name.replace(/[/\0]/g, '_').slice(0, 200);
    files[`${folder}/${clean}${folder === 'tasks' ? '.md' : folder === 'prompts' ? '.txt' : ''}`] = text;
  };
}

function edit(which: number, names: RegExp, change: (text: string) => string): Mutation {
  return (files) => {
    const path = at(
      Object.keys(files).filter((name) => names.test(name)),
      which,
    );
    if (path !== undefined) files[path] = change(files[path]!);
  };
}

function nested(depth: number): unknown {
  let value: unknown = 'deep';
  for (let level = 0; level < depth; level++) value = level % 2 ? [value] : { a: value };
  return value;
}

function at<T>(list: readonly T[], place: number): T | undefined {
  return list[Math.floor(place * list.length)];
}
