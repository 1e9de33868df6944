import { parametersOf } from '../endpoints/endpoint.ts';
import { isRecord } from '../record.ts';
import type { Operation } from './operations.ts';
import { type Documents, follow, type Place } from './reference.ts';
import { type Plain, plainSchema } from './schema.ts';

/** What of an operation a client depends on, as a plain OpenAPI operation. */
export interface OperationView {
  parameters: Plain[];
  requestBody?: Plain;
  responses: Record<string, Plain>;
}

export function placeOfOperation({ path, method }: Operation, { main }: Documents): Place {
  return { document: main, path: ['paths', path, method.toLowerCase()] };
}

/** @param names of path parameters, by their order, instead of the document's own */
export function viewOf(operation: Operation, documents: Documents, names: readonly string[]): OperationView {
  const at = placeOfOperation(operation, documents);
  const parameters = new Map<string, Plain>();
  for (const place of [{ ...at, path: at.path.slice(0, -1) }, at]) {
    for (const each of parametersAt(place, documents)) parameters.set(`${each.in} ${each.name}`, each);
  }
  const own = parametersOf(operation.path);
  const body = bodyAt(below(at, 'requestBody'), documents);
  return {
    parameters: [...parameters.values()].map((each) => {
      const position = each.in === 'path' ? own.indexOf(String(each.name)) : -1;
      return { ...each, name: names[position] ?? each.name };
    }),
    ...(body && { requestBody: body }),
    responses: responsesAt(below(at, 'responses'), documents),
  };
}

function parametersAt(place: Place, documents: Documents): Plain[] {
  const list = follow(below(place, 'parameters'), documents);
  if (!list || !Array.isArray(list.value)) return [];
  return [...list.value.keys()].flatMap((index) => {
    const there = follow(below(list.place, index), documents);
    if (!there || !isRecord(there.value) || typeof there.value.name !== 'string') return [];
    const { name, in: where, required } = there.value;
    const schema = plainSchema(below(there.place, 'schema'), { documents, side: 'request' });
    return [{ name, in: where, ...((required === true || where === 'path') && { required: true }), schema }];
  });
}

function bodyAt(place: Place, documents: Documents): Plain | null {
  const there = follow(place, documents);
  if (!there || !isRecord(there.value)) return null;
  const required = there.value.required === true ? { required: true } : {};
  return { ...required, content: contentAt(there.place, documents, 'request') };
}

function responsesAt(place: Place, documents: Documents): Record<string, Plain> {
  const there = follow(place, documents);
  if (!there || !isRecord(there.value)) return {};
  return Object.fromEntries(
    Object.keys(there.value).flatMap((code) => {
      const response = follow(below(there.place, code), documents);
      if (!response || code.startsWith('x-')) return [];
      return [[code, { description: '', content: contentAt(response.place, documents, 'response') }]];
    }),
  );
}

function contentAt(place: Place, documents: Documents, side: 'request' | 'response'): Record<string, Plain> {
  const content = follow(below(place, 'content'), documents);
  if (!content || !isRecord(content.value)) return {};
  return Object.fromEntries(
    Object.keys(content.value).map((type) => [
      type.replace(/;.*$/, '').trim().toLowerCase(),
      { schema: plainSchema(below(content.place, type, 'schema'), { documents, side }) },
    ]),
  );
}

function below({ document, path }: Place, ...parts: (string | number)[]): Place {
  return { document, path: [...path, ...parts] };
}
