// Writes docs/api.md from the docstrings of what src/index.ts exports.
// api-reference.js [--check] [folder of the compiled declarations]     --check: say whether it is up to date, write nothing
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAst } from 'rolldown/parseAst';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = join(root, 'docs/api.md');
const check = process.argv.includes('--check');
const given = process.argv.slice(2).find((argument) => !argument.startsWith('--'));
const dist = given === undefined ? declarations() : resolve(given);
try {
  const text = reference();
  if (!check) writeFileSync(target, text);
  else if (readFileSync(target, 'utf8') !== text) {
    process.stderr.write('docs/api.md is not what the docstrings say: npm run api\n');
    process.exitCode = 1;
  }
} finally {
  if (given === undefined) rmSync(dist, { recursive: true, force: true });
}

/** Compiles the declarations to a folder of their own. */
function declarations() {
  const folder = mkdtempSync(join(tmpdir(), 'copse-api-'));
  const options = ['-p', 'tsconfig.build.json', '--emitDeclarationOnly', '--noCheck', '--outDir', folder];
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', ...options], { cwd: root, stdio: 'inherit' });
  return folder;
}

function reference() {
  const index = readFileSync(join(root, 'src/index.ts'), 'utf8');
  const sections = sectionsOf(index);
  const items = sections.flatMap((section) => section.items);
  const others = othersNamed(items);
  if (others.length > 0) sections.push({ title: 'Named by these, not exported', items: others });
  const known = anchorsOf([...items, ...others].map(({ name }) => name));
  const parts = [
    '# API\n\n<!-- Written by scripts/api-reference.js from the docstrings. -->',
    prose(docBefore(index, index.indexOf('*/') + 3)).text,
    "Import everything from `'copse'`. An example, and how it behaves: [README](../README.md#as-a-library).",
    ...sections.flatMap(({ title, items }) => [`## ${title}`, ...items.map((item) => itemText(item, known))]),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** What the index exports, in its order, under the comments that stand above. */
function sectionsOf(index) {
  const sections = [];
  for (const node of parseAst(index, { lang: 'ts' }).body) {
    const title = /\n\/\/ ([^\n]*)\n\s*$/.exec(index.slice(0, node.start))?.[1];
    if (title) sections.push({ title, items: [] });
    const file = join(dist, node.source.value.replace(/\.ts$/, '.d.ts'));
    for (const { exported } of node.specifiers) sections.at(-1).items.push(declarationOf(file, exported.name));
  }
  return sections;
}

/** The declaration of a name in a compiled file, with its docstring. */
function declarationOf(file, name) {
  const text = readFileSync(file, 'utf8');
  for (const node of parseAst(text, { lang: 'dts' }).body) {
    const declaration = node.declaration ?? node;
    const named = declaration.id?.name ?? declaration.declarations?.[0].id.name;
    if (named !== name) continue;
    const code = text.slice(node.start, node.end).replace(/^(export )?(declare )?/, '');
    return { name, file, code: code.replaceAll('    ', '  '), doc: docBefore(text, node.start) };
  }
  throw new Error(`${file} does not declare ${name}`);
}

/** The text of the docstring that ends right before `end`. */
function docBefore(text, end) {
  const comment = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*$/.exec(text.slice(0, end))?.[1] ?? '';
  return comment.replace(/^ *\* ?/gm, '').trim();
}

/** A docstring as Markdown: its words, then parameters and refusals as a list. */
function prose(doc) {
  const [text, ...tags] = doc.split(/^@/m).map((part) => part.trim().replaceAll(/\{@link ([^}]*)\}/g, '`$1`'));
  const list = tags.map((tag) => {
    const [, kind, rest] = /^(\w+)\s+([\s\S]*)$/.exec(tag);
    if (kind === 'throws') return `- throws ${rest}`;
    const [, name, words] = /^(\S+)\s+([\s\S]*)$/.exec(rest);
    return `- \`${name}\`: ${words}`;
  });
  return { text, list };
}

function itemText(item, known) {
  const { text, list } = prose(item.doc);
  const uses = [...known].filter(
    ([name]) => name !== item.name && new RegExp(`\\b${name}\\b`).test(codeOnly(item.code)),
  );
  const links = uses.map(([name, to]) => `[${name}](#${to})`).join(' · ');
  const parts = [`### ${item.name}`, text, list.join('\n'), `\`\`\`ts\n${item.code}\n\`\`\``, links && `See ${links}`];
  return parts.filter(Boolean).join('\n\n');
}

/** As GitHub makes them of headings: `run`, and `run-1` for `Run`. */
function anchorsOf(names) {
  const seen = new Map();
  return new Map(
    names.map((name) => {
      const anchor = name.toLowerCase();
      const before = seen.get(anchor) ?? 0;
      seen.set(anchor, before + 1);
      return [name, before === 0 ? anchor : `${anchor}-${before}`];
    }),
  );
}

function codeOnly(code) {
  return code.replaceAll(/\/\*[\s\S]*?\*\/|'[^']*'/g, '');
}

/** Declarations of ours that these name, and those that they name, without these. */
function othersNamed(items) {
  const all = [...items];
  const names = new Set(items.map(({ name }) => name));
  for (const item of all) {
    for (const [name, file] of namesIn(item)) {
      if (names.has(name)) continue;
      names.add(name);
      all.push(declarationOf(file, name));
    }
  }
  return all.slice(items.length).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Names of ours in a declaration, with the files that declare them. */
function namesIn({ file, code }) {
  const found = new Map();
  for (const node of parseAst(readFileSync(file, 'utf8'), { lang: 'dts' }).body) {
    const { source, specifiers = [], declaration } = node;
    const from = source?.value.startsWith('.') && join(dirname(file), source.value.replace(/\.(ts|js)$/, '.d.ts'));
    if (node.type === 'ImportDeclaration') for (const { local } of specifiers) found.set(local.name, from);
    const name = (declaration ?? node).id?.name;
    if (name) found.set(name, file);
  }
  return [...found].filter(([name, from]) => from && new RegExp(`\\b${name}\\b`).test(codeOnly(code)));
}
