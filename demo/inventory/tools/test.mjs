// Runs the test files that are named, or all of them, in one process.
import './typescript.mjs';
import { readdirSync } from 'node:fs';

const root = new URL('../', import.meta.url);
const all = readdirSync(new URL('test/', root)).filter((name) => name.endsWith('.test.ts'));
const named = process.argv.slice(2);
for (const file of named.length > 0 ? named : all.map((name) => `test/${name}`)) await import(new URL(file, root).href);
