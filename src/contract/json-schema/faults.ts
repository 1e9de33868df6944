import type { ContractFinding } from '../finding.ts';
import type { ApiDocument } from '../openapi/document.ts';
import { isRecord } from '../record.ts';

type Path = (string | number)[];

const TYPES = new Set(['string', 'number', 'integer', 'boolean', 'null', 'array', 'object']);

/** Keys that hold schemas: by name, in a list, or one. */
const BY_NAME = ['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas'];
const IN_LISTS = ['allOf', 'anyOf', 'oneOf', 'prefixItems'];
const SINGLE = ['items', 'additionalProperties', 'not', 'if', 'then', 'else', 'contains', 'propertyNames'];

/** What makes a document no JSON Schema: with the line of each fault. */
export function faultsOf(document: ApiDocument): ContractFinding[] {
  const faults: ContractFinding[] = [];
  const tell = (path: Path, message: string) =>
    faults.push({
      code: 'bad-schema',
      level: 'warning',
      basis: 'exact',
      contract: { file: document.path, line: document.lineOf(path) },
      message: `${path.length > 0 ? path.join('.') : 'the schema'} ${message}`,
    });
  visit(document.value, []);
  return faults;

  function visit(schema: unknown, path: Path): void {
    if (typeof schema === 'boolean') return;
    if (!isRecord(schema)) return void tell(path, 'is no schema: it must be an object, true or false');
    checkType(schema.type, [...path, 'type']);
    const { required, properties, $ref } = schema;
    if ('enum' in schema && (!Array.isArray(schema.enum) || schema.enum.length === 0))
      tell([...path, 'enum'], 'must be a list with values');
    if (required !== undefined && !(Array.isArray(required) && required.every((each) => typeof each === 'string'))) {
      tell([...path, 'required'], 'must be a list of names');
    } else if (Array.isArray(required) && isRecord(properties)) {
      for (const name of required)
        if (!(String(name) in properties)) tell([...path, 'required'], `names ${name}, which is no property`);
    }
    if (typeof $ref === 'string' && $ref.startsWith('#/') && !resolves($ref))
      tell([...path, '$ref'], `names ${$ref}, which is not there`);
    for (const key of BY_NAME) {
      if (!(key in schema)) continue;
      if (!isRecord(schema[key])) tell([...path, key], 'must be an object of schemas');
      else for (const [name, each] of Object.entries(schema[key])) visit(each, [...path, key, name]);
    }
    for (const key of IN_LISTS) {
      if (!(key in schema)) continue;
      if (!Array.isArray(schema[key])) tell([...path, key], 'must be a list of schemas');
      else for (const [index, each] of schema[key].entries()) visit(each, [...path, key, index]);
    }
    for (const key of SINGLE)
      if (key in schema && !(key === 'items' && Array.isArray(schema[key]))) visit(schema[key], [...path, key]);
  }

  function checkType(type: unknown, path: Path): void {
    if (type === undefined) return;
    const types = Array.isArray(type) ? type : [type];
    for (const each of types)
      if (!TYPES.has(each as string)) tell(path, `is ${JSON.stringify(each)}, which is no type of JSON`);
  }

  function resolves(reference: string): boolean {
    let at: unknown = document.value;
    for (const part of reference.slice(2).split('/')) {
      const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
      if (Array.isArray(at)) at = at[Number(key)];
      else if (isRecord(at) && Object.hasOwn(at, key)) at = at[key];
      else return false;
    }
    return at !== undefined;
  }
}
