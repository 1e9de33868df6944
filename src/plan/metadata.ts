import type { Field } from './front-matter.ts';
import type { Section } from './markdown.ts';

/** Names a field goes by, in front matter, bullets and tables. */
const FIELD_NAMES: Record<string, string> = {
  id: 'id',
  task_id: 'id',
  title: 'title',
  name: 'title',
  feature: 'title',
  component: 'component',
  wave: 'wave',
  deps: 'deps',
  dependencies: 'deps',
  depends_on: 'deps',
  blocks: 'blocks',
  conflicts: 'conflicts',
  agent: 'agent',
  agent_type: 'agent',
  recommended_agent: 'agent',
  model: 'model',
  skills: 'skills',
  required_skills: 'skills',
  tech_spec: 'tech_spec',
  contracts: 'contracts',
};

/** `Depends On` → `deps`; undefined for a field that copse does not use. */
export function fieldName(written: string): string | undefined {
  const key = written
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_');
  return Object.hasOwn(FIELD_NAMES, key) ? FIELD_NAMES[key] : undefined;
}

/** The names that can be written, for suggestions. */
export const KNOWN_FIELDS: readonly string[] = Object.keys(FIELD_NAMES);

const BULLET = /^\s{0,3}(?:[-*+]\s+)?\*\*([A-Za-z][A-Za-z _-]{0,30}?):?\*\*\s*:?\s+(.*)$/;
const PLAIN_BULLET = /^\s{0,3}[-*+]\s+([A-Za-z][A-Za-z _-]{0,30}?):\s+(.*)$/;
const ROW = /^\s{0,3}\|([^|]*)\|([^|]*)\|?\s*$/;

/**
 * Metadata of the older formats: `- **ID**: task-002-auth` and `| Field | Value |` tables, in a Metadata section or above
 * the first section. `before`: lines of the file before `lines[0]`.
 */
export function readMetadata(lines: readonly string[], sections: readonly Section[], before: number): Field[] {
  const fields = new Map<string, Field>();
  for (const section of sections) {
    const metadata = /^(?:task )?(?:metadata|info|details)$/i.test(section.heading);
    if (!metadata && section.depth > 1) continue;
    for (let index = section.from; index < section.to; index++) {
      const line = lines[index]!;
      const match = line.length > 2000 ? null : readLine(line, metadata);
      const name = match && fieldName(match.key);
      if (!name || fields.has(name)) continue;
      const value = match.value.replace(/^`([^`]*)`$/, '$1');
      const at = { line: before + index + 1, column: Math.max(0, line.lastIndexOf(value)) + 1 };
      fields.set(name, {
        name: { value: name, line: at.line, column: 1 },
        values: value === '' ? [] : [{ value, ...at }],
        list: false,
      });
    }
  }
  return [...fields.values()];
}

function readLine(line: string, metadata: boolean): { key: string; value: string } | null {
  const match = BULLET.exec(line) ?? (metadata ? PLAIN_BULLET.exec(line) : null) ?? ROW.exec(line);
  return match && { key: match[1]!.replaceAll('*', '').trim(), value: match[2]!.trim() };
}
