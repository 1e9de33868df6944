import { fromMarkdown } from 'mdast-util-from-markdown';

/** A heading at the top level of a markdown text, and the lines below it up to the next heading. */
export interface Section {
  /** Text of the heading, without markup around it; '' for what stands before the first heading. */
  heading: string;
  /** 1 to 6; 0 before the first heading. */
  depth: number;
  /** 0-based number of the heading's line; -1 before the first heading. */
  line: number;
  /** 0-based range of lines of the content. */
  from: number;
  to: number;
  /** Where the section ends with its sub-sections. */
  end: number;
}

interface Heading {
  depth: number;
  text: string;
  /** 0-based, both inclusive. */
  first: number;
  last: number;
}

/** Longer texts are read line by line only: the parser's time is not linear in hostile input. */
const MAX_MARKDOWN = 32 * 1024;

/** Containers nested as deeply are no document, and cost the parser seconds. */
const DEEP = /^(?:[ \t]*(?:>|[-*+]|\d+[.)])(?=[ \t>]|$)){40}/m;

/** Block structure is all that is read here; inline constructs cost time and change no heading. */
const BLOCKS_ONLY = {
  disable: {
    null: ['attention', 'autolink', 'codeText', 'htmlText', 'labelStartImage', 'labelStartLink', 'labelEnd'],
  },
};

/** Splits a normalised text at its headings. What looks like a heading inside a code fence or HTML is text. */
export function sectionsOf(lines: readonly string[]): Section[] {
  const headings = scanHeadings(lines) ?? parseHeadings(lines) ?? scanHeadings(lines, true)!;
  const total = lines.length;
  const sections: Section[] = [
    { heading: '', depth: 0, line: -1, from: 0, to: headings[0]?.first ?? total, end: total },
  ];
  const open: Section[] = [];
  for (const [index, { depth, text, first, last }] of headings.entries()) {
    while (open.length > 0 && open.at(-1)!.depth >= depth) open.pop()!.end = first;
    const to = headings[index + 1]?.first ?? total;
    const section: Section = { heading: text, depth, line: first, from: last + 1, to, end: total };
    sections.push(section);
    open.push(section);
  }
  return sections;
}

/** The content of a section with its sub-sections, as written, without blank lines around it. */
export function verbatim(lines: readonly string[], { from, end }: Section): string {
  let first = from;
  while (first < end && lines[first]!.trim() === '') first++;
  return lines.slice(first, end).join('\n').trimEnd();
}

/** Lines whose meaning depends on what contains them: indented headings and fences, HTML, underlined headings. */
const INVOLVED = /^(?: {1,3}(?:#{1,6}(?:[ \t]|$)|`{3}|~{3})| {0,3}<[A-Za-z/!?]| {0,3}(?:=+|-+)[ \t]*$)/;
const HEADING = /^(#{1,6})(?:[ \t]+(.*))?$/;
const FENCE = /^(`{3,})[^`]*$|^(~{3,})/;

/**
 * Headings and fences at the start of a line, which nothing but a fence can contain. Null when a line needs the whole
 * grammar: the parser takes fifty times longer, and a plan may have thousands of tasks.
 */
function scanHeadings(lines: readonly string[], force = false): Heading[] | null {
  const headings: Heading[] = [];
  let fence: string | null = null;
  for (const [index, line] of lines.entries()) {
    if (fence !== null) {
      if (closes(line, fence)) fence = null;
      continue;
    }
    const first = line[0];
    if (first === '#') {
      const match = HEADING.exec(line);
      if (match)
        headings.push({ depth: match[1]!.length, text: headingText(match[2] ?? ''), first: index, last: index });
    } else if (first === '`' || first === '~') {
      const match = FENCE.exec(line);
      if (match) fence = match[1] ?? match[2]!;
    } else if (!force && INVOLVED.test(line) && !(isRule(line) && (lines[index - 1] ?? '').trim() === '')) {
      return null;
    }
  }
  return headings;
}

function closes(line: string, fence: string): boolean {
  const run = /^ {0,3}(`{3,}|~{3,})[ \t]*$/.exec(line)?.[1];
  return run !== undefined && run[0] === fence[0] && run.length >= fence.length;
}

/** `---` after a blank line: a rule, not the underline of a heading. */
function isRule(line: string): boolean {
  return /^ {0,3}-{3,}[ \t]*$/.test(line);
}

function parseHeadings(lines: readonly string[]): Heading[] | null {
  const text = lines.join('\n');
  if (text.length > MAX_MARKDOWN || DEEP.test(text)) return null;
  try {
    return fromMarkdown(text, { extensions: [BLOCKS_ONLY] }).children.flatMap((node) => {
      if (node.type !== 'heading' || !node.position) return [];
      const [first, last] = [node.position.start.line - 1, node.position.end.line - 1];
      const written = first === last ? (/^ {0,3}#{1,6}(?:[ \t]+(.*))?$/.exec(lines[first]!)?.[1] ?? '') : lines[first]!;
      return [{ depth: node.depth, text: headingText(written), first, last }];
    });
  } catch {
    return null; // a stack overflow in the parser's recursion
  }
}

/** Without closing hashes, emphasis around the whole, and code marks. */
function headingText(raw: string): string {
  const bare = raw
    .trim()
    .replace(/(?:^|[ \t])#+$/, '')
    .trim();
  return bare.replace(/^(\*\*|__|\*|_)(.*)\1$/, '$2').trim();
}
