import { type Json, object, string } from './json.ts';

/** What tells most of a tool call, by the names that agents give it; the first that is there counts. */
const TELLING = ['command', 'file_path', 'filePath', 'absolute_path', 'path', 'pattern', 'query', 'url', 'description'];

/** `write_file src/a.ts`, `bash npm test`: a tool and the one argument that tells most, without the folder that all is in. */
export function toolSummary(name: unknown, input: unknown, workspace?: string): string {
  const args: Json = object(input) ?? {};
  const detail = TELLING.map((key) => string(args[key])).find((value) => value !== null && value !== '') ?? '';
  const short = detail.slice(0, 4000);
  return [string(name) || 'tool', workspace === undefined ? short : short.replaceAll(`${workspace}/`, '')]
    .join(' ')
    .trim();
}
