import type { CheckKind, ParserName } from '../run/check.ts';
import { type CheckSpec, checkSpec } from './spec.ts';

/** A check as the config has it. */
export interface ConfiguredCheck {
  name: string;
  kind: CheckKind;
  /** A line for `bash -c`, or a program with its arguments; false leaves out the detected one of this name. */
  command: string | string[] | false;
  timeout?: number | undefined;
  parser: ParserName;
  folder: string;
  reports: string[];
}

/** What the config says over what was detected: the same name replaces, others are added. */
export function withConfigured(detected: readonly CheckSpec[], configured: readonly ConfiguredCheck[]): CheckSpec[] {
  const said = new Map(configured.map((each) => [each.name, each]));
  const kept = detected.filter(({ name }) => !said.has(name));
  return [...kept, ...configured.flatMap(({ command, ...rest }) => (command === false ? [] : [specOf(command, rest)]))];
}

function specOf(
  command: string | string[],
  { name, kind, timeout, parser, folder, reports }: Omit<ConfiguredCheck, 'command'>,
): CheckSpec {
  const argv = typeof command === 'string' ? ['bash', '-c', command] : command;
  return checkSpec({
    name,
    kind,
    argv: argv as [string, ...string[]],
    command: typeof command === 'string' ? command : command.join(' '),
    folder,
    parser,
    reports,
    ...(timeout !== undefined && { timeoutMs: timeout }),
  });
}
