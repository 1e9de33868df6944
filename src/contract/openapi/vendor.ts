import { createRequire } from 'node:module';
import { PACKAGE_ROOT } from '../../util/package-root.ts';

/** What api-smart-diff says about one difference. */
export interface ApiDiff {
  action: 'add' | 'remove' | 'replace' | 'rename';
  type: 'breaking' | 'non-breaking' | 'annotation' | 'unclassified' | 'deprecated';
  path: (string | number)[];
  before?: unknown;
  after?: unknown;
}

/** The parts of @readme/openapi-parser and api-smart-diff that are used; joined into one file by scripts/vendor.js. */
export interface OpenApiTools {
  validate(
    document: unknown,
    options: { resolve: { external: false } },
  ): Promise<{ valid: true } | { valid: false; errors: { message: string }[] }>;
  apiCompare(before: unknown, after: unknown): { diffs: ApiDiff[] };
}

let loaded: OpenApiTools | null = null;

export function openApiTools(): OpenApiTools {
  loaded ??= createRequire(PACKAGE_ROOT)('./vendor/openapi.cjs') as OpenApiTools;
  return loaded;
}
