// Writes docs/report.schema.json, which says what report.json holds. Needs a build: npm run build
import { writeFileSync } from 'node:fs';
import { reportJsonSchema } from '../dist/report/schema.js';

writeFileSync(
  new URL('../docs/report.schema.json', import.meta.url),
  `${JSON.stringify(reportJsonSchema(), null, 2)}\n`,
);
