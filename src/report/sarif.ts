import { plainText } from '../util/plain-text.ts';
import { type Finding, findingsOf, GROUPS } from './findings.ts';
import type { Report } from './report.ts';

/**
 * The findings of a report as SARIF 2.1.0, which code-scanning services show beside the lines. Pure.
 * @param version of copse
 */
export function renderSarif(report: Report, version: string): string {
  const findings = findingsOf(report);
  const rules = [...new Set(findings.map(({ rule }) => rule))].sort();
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'copse',
            version,
            rules: rules.map((id) => ({ id, shortDescription: { text: GROUPS[id.split('/')[0]!] ?? id } })),
          },
        },
        automationDetails: { id: `copse/${report.plan}/${report.run}` },
        results: findings.map((finding) => result(finding, rules)),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function result({ level, rule, message, tasks, file, line }: Finding, rules: readonly string[]) {
  const region = line === undefined ? {} : { region: { startLine: line } };
  const artifactLocation = file === undefined ? null : { uri: uriOf(file), uriBaseId: '%SRCROOT%' };
  return {
    ruleId: rule,
    ruleIndex: rules.indexOf(rule),
    level,
    message: { text: plainText(message) },
    ...(artifactLocation && { locations: [{ physicalLocation: { artifactLocation, ...region } }] }),
    ...(tasks.length > 0 && { properties: { tasks } }),
  };
}

const uriOf = (path: string) => path.split('/').map(encodeURIComponent).join('/');
