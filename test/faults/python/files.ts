/** A file of endpoints. */
export const router = (...endpoints: [verb: string, path: string][]) =>
  `from fastapi import APIRouter\n\nrouter = APIRouter()\n${endpoints
    .map(([verb, path]) => `\n\n@router.${verb}("${path}")\ndef ${verb}_it():\n    return []\n`)
    .join('')}`;

/** A file of one test. */
export const test = (name: string, imports: string, ...lines: string[]) =>
  `import unittest\n\n${imports}\n\n\nclass ${name}(unittest.TestCase):\n    def test_it(self):\n${lines.map((line) => `        ${line}\n`).join('')}`;

/** A file of one record. */
export const dataclass = (head: string, ...fields: string[]) =>
  `from dataclasses import dataclass\n\n\n@dataclass\nclass ${head}:\n${fields.map((field) => `    ${field}\n`).join('')}`;
