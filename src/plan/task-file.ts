import type { Scope } from '../scope/scope.ts';
import { nearest } from '../util/nearest.ts';
import type { Findings } from './findings.ts';
import { type Field, listOf, readFrontMatter, scalarOf, splitFrontMatter } from './front-matter.ts';
import { type Section, sectionsOf, verbatim } from './markdown.ts';
import { fieldName, KNOWN_FIELDS, readMetadata } from './metadata.ts';
import { readScope } from './scope-section.ts';
import { type Located, normalise, show } from './text.ts';

/** A task file as written: references are not resolved, values not checked. */
export interface TaskDraft {
  /** Relative to the plan folder. */
  file: string;
  /** Name of the file without folder and `.md`. */
  stem: string;
  /** Undefined when the file gives none. */
  id: Located<string> | undefined;
  title: string | undefined;
  component: string | undefined;
  wave: Located<string> | undefined;
  /** Undefined when the file does not say; an empty list is an answer. */
  deps: Located<string>[] | undefined;
  blocks: Located<string>[];
  conflicts: Located<string>[];
  agent: Located<string> | undefined;
  model: Located<string> | undefined;
  skills: string[];
  techSpec: string | undefined;
  contracts: Located<string>[];
  scope: Scope;
  /** Whether the file has a BOUNDARY, an empty one included. */
  hasBoundary: boolean;
  objective: string;
  requirements: string;
  checklist: string;
  outputFormat: string;
  notes: string;
}

/** Reads one task file in any of the documented shapes. */
export function readTaskFile(file: string, source: string, found: Findings): TaskDraft {
  const front = splitFrontMatter(normalise(source));
  if (front.open) {
    found.error('front-matter-open', { file, line: front.yamlLine }, 'the front matter is not closed', {
      hint: 'end it with a line of three dashes: ---',
    });
  }
  const lines = front.body.split('\n');
  const sections = sectionsOf(lines);
  const fields = fieldsOf(front, { lines, sections, file, found });
  const get = (name: string) => fields.get(name);
  const { scope, declared } = readScope(lines, sections, { file, before: front.bodyLine, found });
  const heading = sections.find((section) => section.depth === 1)?.heading ?? '';
  const id = scalarOf(get('id'));
  const contracts = listOf(get('contracts'));
  return {
    file,
    stem: file.slice(file.lastIndexOf('/') + 1).replace(/\.md$/i, ''),
    id,
    title: titleOf(scalarOf(get('title'))?.value, heading, id?.value),
    component: scalarOf(get('component'))?.value,
    wave: scalarOf(get('wave')),
    deps: get('deps') && listOf(get('deps')),
    blocks: listOf(get('blocks')),
    conflicts: listOf(get('conflicts')),
    agent: scalarOf(get('agent')),
    model: scalarOf(get('model')),
    skills: listOf(get('skills')).map(({ value }) => value),
    techSpec: scalarOf(get('tech_spec'))?.value,
    contracts: get('contracts') ? contracts : contractsSection(lines, sections, front.bodyLine),
    scope,
    hasBoundary: declared.has('boundary'),
    ...proseOf(lines, sections),
  };
}

interface Body {
  lines: string[];
  sections: Section[];
  file: string;
  found: Findings;
}

/** Front matter and the metadata of the older formats; front matter wins. */
function fieldsOf(
  front: { yaml: string | null; yamlLine: number; bodyLine: number },
  { lines, sections, file, found }: Body,
): Map<string, Field> {
  const fields = new Map(readMetadata(lines, sections, front.bodyLine).map((field) => [field.name.value, field]));
  if (front.yaml === null) return fields;
  for (const field of readFrontMatter(front.yaml, { file, line: front.yamlLine, found })) {
    const name = fieldName(field.name.value);
    if (name) fields.set(name, field);
    else suggest(field.name, file, found);
  }
  return fields;
}

/** Unknown fields are somebody else's, unless they look like a slip of the pen. */
function suggest(name: Located<string>, file: string, found: Findings): void {
  const meant = name.value.length > 3 ? nearest(name.value.toLowerCase(), KNOWN_FIELDS) : undefined;
  if (!meant) return;
  const { line, column } = name;
  found.warning('unknown-field', { file, line, column }, `the field ${show(name.value)} is not known`, {
    hint: `did you mean ${meant}?`,
  });
}

/** `# task-001-users: User management` → `User management`; `# Task: x` → `x`. */
function titleOf(field: string | undefined, heading: string, id: string | undefined): string | undefined {
  if (field) return field;
  let title = heading.replace(/^task\s*:\s*/i, '');
  const label = /^([^\s:]+)\s*(?::|\s[-–—]\s)\s*(.*)$/.exec(title);
  if (label && (label[1] === id || /^(?:task-?)?\d/i.test(label[1]!))) title = label[2]!;
  return title === '' || title === id ? undefined : title;
}

const SECTIONS: [keyof ReturnType<typeof emptyProse>, RegExp][] = [
  ['objective', /^(?:objectives?|goals?|overview|summary|description|purpose)$/i],
  ['requirements', /^(?:implementation )?requirements$/i],
  ['checklist', /^(?:checklist|acceptance criteria|acceptance|definition of done)$/i],
  ['outputFormat', /^output format\b/i],
];

/** Read as data: they do not go into the prompt a second time. */
const DATA = /^(?:(?:task )?(?:metadata|info|details)|(?:file )?scope\b.*|files? to .*|do not .*|boundar.*)$/i;

function emptyProse() {
  return { objective: '', requirements: '', checklist: '', outputFormat: '', notes: '' };
}

/** The sections for the agent, verbatim; what has no place of its own is kept, with its heading, in `notes`. */
function proseOf(lines: readonly string[], sections: readonly Section[]): ReturnType<typeof emptyProse> {
  const prose = emptyProse();
  const append = (name: keyof typeof prose, text: string) => {
    if (text !== '') prose[name] = prose[name] === '' ? text : `${prose[name]}\n\n${text}`;
  };
  let covered = 0; // lines up to here belong to a section that was taken with its sub-sections
  for (const section of sections) {
    if (section.depth < 2 || section.line < covered) continue;
    covered = section.end;
    if (DATA.test(section.heading)) continue;
    const text = verbatim(lines, section);
    const name = SECTIONS.find(([, pattern]) => pattern.test(section.heading))?.[0];
    if (name) append(name, text);
    else if (text !== '') append('notes', `${'#'.repeat(section.depth)} ${section.heading}\n${text}`);
  }
  if (prose.objective === '') prose.objective = openingWords(lines, sections);
  return prose;
}

/** Paragraphs between the title and the first section, without what was read as data. */
function openingWords(lines: readonly string[], sections: readonly Section[]): string {
  const opening = sections.filter(({ depth }) => depth < 2).flatMap(({ from, to }) => lines.slice(from, to));
  const words = opening.filter((line) => !/^\s*(?:\||[-*+]\s|\*\*|(?:CREATE|MODIFY|BOUNDARY)\b|-{3,}\s*$)/.test(line));
  return words.join('\n').trim();
}

/** The oldest format lists contracts as bullets in a section of their own. */
function contractsSection(lines: readonly string[], sections: readonly Section[], before: number): Located<string>[] {
  const contracts: Located<string>[] = [];
  for (const section of sections.filter(({ heading }) => /^contracts?\b/i.test(heading))) {
    for (let index = section.from; index < section.to; index++) {
      const match = /^\s{0,3}[-*+]\s+`([^`\s]+)`/.exec(lines[index]!);
      if (match) contracts.push({ value: match[1]!, line: before + index + 1, column: lines[index]!.indexOf('`') + 2 });
    }
  }
  return contracts;
}
