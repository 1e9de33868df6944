import { isRecord } from '../record.ts';

/**
 * Where the code says nothing of a value (`{}`, anything) the contract's word stands, so that only what it does say is
 * compared. `unsaid`: called with the path of each such place.
 */
export function fillUnsaid(
  contract: unknown,
  code: unknown,
  unsaid: (path: readonly string[]) => void,
  path: readonly string[] = [],
): unknown {
  if (Array.isArray(code) || !isRecord(code) || !isRecord(contract)) return code;
  if (
    path.at(-1) === 'schema' ||
    ['items', 'additionalProperties'].includes(path.at(-1) ?? '') ||
    path.at(-2) === 'properties'
  ) {
    if (Object.keys(code).length === 0 && Object.keys(contract).length > 0) {
      unsaid(path);
      return contract;
    }
  }
  return Object.fromEntries(
    Object.entries(code).map(([key, value]) => [key, fillUnsaid(contract[key], value, unsaid, [...path, key])]),
  );
}
