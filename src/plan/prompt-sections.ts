/** The sections of a prompt, in order. Their markers are lines of their own: `=== CONTEXT ===`. */
export const SECTIONS = [
  'REQUIRED SKILLS',
  'CONTEXT',
  'OBJECTIVE',
  'CONTRACTS',
  'FILES TO CREATE',
  'FILES TO MODIFY',
  'DO NOT MODIFY',
  'IMPLEMENTATION REQUIREMENTS',
  'ACCEPTANCE CRITERIA',
  'EXECUTION INSTRUCTIONS',
  'IMPORTANT RULES',
  'OUTPUT FORMAT (REQUIRED)',
  'COMPLETION SIGNAL',
] as const;

export type Section = (typeof SECTIONS)[number];

/** What a run adds at the end of a prompt. */
const ADDED = ['SCOPE EXTENSION', 'YOUR PLACE', 'PREVIOUS ATTEMPT'] as const;
export type Added = (typeof ADDED)[number];

/** Without these an agent does not know how to work unattended. */
export const CRITICAL: ReadonlySet<Section> = new Set([
  'EXECUTION INSTRUCTIONS',
  'IMPORTANT RULES',
  'COMPLETION SIGNAL',
]);

/** Accepted when absent, since a run adds it to the prompt. */
export const OPTIONAL: ReadonlySet<Section> = new Set(['OUTPUT FORMAT (REQUIRED)']);

/** A section as one block of text that ends in one line feed. */
export function block(section: Section | Added, body: string): string {
  return `=== ${section} ===\n${body.replace(/^\n+/, '').trimEnd()}\n`;
}

/**
 * Text of a plan for use inside a section, without blank lines around it. A line that begins like a marker (`=== X`) is indented
 * by one space, so that no text of a plan can open, fake or end a section. All else stays as it is; line ends become line feeds.
 */
export function quoted(text: string): string {
  return text
    .replace(/^(?:[^\S\n]*\n)+/, '')
    .trimEnd()
    .split(/\r\n|[\n\r\u2028\u2029]/)
    .map((line) => (/^===+[^=]/.test(line) ? ` ${line}` : line))
    .join('\n');
}

/** Where a section begins. */
export interface Found<Name = Section> {
  section: Name;
  /** Index of the first character of its marker. */
  offset: number;
  /** 1-based. */
  line: number;
}

/**
 * The known sections of a prompt in the order of the text, each at its first marker. A marker begins its line; code fences do not
 * hide it, since one left open in CONTEXT would hide all that follows. `OUTPUT FORMAT` is read without `(REQUIRED)`, too.
 */
export function findSections(text: string): Found[] {
  return findParts(text).filter((found): found is Found => SECTIONS.includes(found.section as Section));
}

/** The same with what a run has added. */
export function findParts(text: string): Found<Section | Added>[] {
  const found = new Map<string, Found<Section | Added>>();
  let offset = 0;
  text.split('\n').forEach((line, index) => {
    const section = sectionOf(line);
    if (section && !found.has(section)) found.set(section, { section, offset, line: index + 1 });
    offset += line.length + 1;
  });
  return [...found.values()];
}

const BY_NAME = new Map<string, Section | Added>([
  ...[...SECTIONS, ...ADDED].map((section): [string, Section | Added] => [section, section]),
  ['OUTPUT FORMAT', 'OUTPUT FORMAT (REQUIRED)'],
]);

function sectionOf(line: string): Section | Added | undefined {
  if (!looksLikeMarker(line) || line.length > 200) return undefined;
  const name = line.replace(/^=+|\s*=+\s*$/g, '').trim();
  return BY_NAME.get(name.replace(/\s+/g, ' ').toUpperCase());
}

function looksLikeMarker(line: string): boolean {
  const end = line.trimEnd();
  return end.startsWith('===') && end.endsWith('===') && /[^=\s]/.test(end);
}
