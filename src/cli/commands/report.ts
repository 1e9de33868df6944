import { resolve } from 'node:path';
import { openProject } from '../../compose/project.ts';
import { FORMATS, type Format, renderReport, reportOf } from '../../compose/report.ts';
import { findRun } from '../../compose/runs.ts';
import { writeFileAtomic } from '../../util/atomic-file.ts';
import { EXIT, Refusal } from '../../util/refusal.ts';
import type { CommandModule } from '../command.ts';

interface Options {
  format?: string;
  output?: string;
  json?: boolean;
}

export const report: CommandModule = {
  define(command) {
    command
      .argument('[run]', 'a plan or a run id; default: the latest run')
      .option('--format <format>', FORMATS.join(', '), 'markdown')
      .option('-o, --output <file>', 'write it there, not on stdout')
      .addHelpText(
        'after',
        `
What the run proved up to now; nothing is changed. Examples:
  copse report --format html -o report.html     one page, needs nothing else
  copse report --format junit -o junit.xml      for the test view of a CI server
  copse report --format sarif -o copse.sarif    findings for code scanning
  copse report --format github                  annotations of GitHub Actions`,
      );
  },

  async run(context, [name], options: Options) {
    const format = options.json ? 'json' : formatOf(options.format ?? 'markdown');
    const { repository, cwd } = await openProject(context);
    const run = findRun(repository.commonDir, { name });
    const text = renderReport(context, reportOf(run), format);
    if (options.output === undefined) {
      context.stdout.write(text);
      return EXIT.ok;
    }
    const file = resolve(cwd, options.output);
    try {
      writeFileAtomic(file, text);
    } catch (error) {
      throw new Refusal('not-written', `the report cannot be written: ${(error as Error).message}`, {
        exit: EXIT.environment,
        where: file,
        hint: 'name another file with --output',
      });
    }
    context.stderr.write(`report: ${file}\n`);
    return EXIT.ok;
  },
};

function formatOf(name: string): Format {
  const format = FORMATS.find((each) => each === name);
  if (format !== undefined) return format;
  throw new Refusal('usage', `there is no report format ${JSON.stringify(name)}`, {
    exit: EXIT.usage,
    hint: `one of ${FORMATS.join(', ')}`,
  });
}
