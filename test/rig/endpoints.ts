import type { Endpoint } from '../../src/contract/endpoints/endpoint.ts';
import { endpointsIn } from '../../src/contract/endpoints/extract.ts';

/** What is read off these files: `GET /users/{id} src/users.ts:3`, sorted; `?` before a path whose prefix nobody knows. */
export async function endpointsOf(files: Record<string, string>): Promise<string[]> {
  return (await endpointsIn(files)).map(shown).sort();
}

function shown({ method, path, file, line, loose }: Endpoint): string {
  return `${method} ${loose ? '?' : ''}${path} ${file}:${line}`;
}
