/** A file of endpoints, a line each. */
export const router = (name: string, ...lines: string[]) =>
  `import { Router } from 'express';\n\nexport const ${name} = Router();\n${lines.map((line) => `${name}.${line}\n`).join('')}`;

/** A file of one test. */
export const test = (name: string, imports: string, ...lines: string[]) =>
  `import assert from 'node:assert/strict';\nimport { test } from 'node:test';\n${imports}\n\ntest('${name}', () => {\n${lines.map((line) => `  ${line}\n`).join('')}});\n`;
