import { basename } from 'node:path';
import { EXIT, Refusal } from '../util/refusal.ts';
import type { AgentContext } from './adapter.ts';
import { oneLine } from './text.ts';

const PLACEHOLDERS = ['prompt_file', 'workspace', 'task', 'title', 'attempt', 'model', 'role', 'session'] as const;
export type Placeholder = (typeof PLACEHOLDERS)[number];
export type Values = Record<Placeholder, string>;

/** An argument cut into text and placeholders. */
type Part = { text: string } | { placeholder: Placeholder };

/** A checked argv template: filling it can no longer fail. */
export interface Template {
  program: string;
  uses: ReadonlySet<Placeholder>;
  fill(values: Values): string[];
}

/** Longest title passed on; the rest of an argument list is short. */
const MAX_TITLE = 1000;

export function valuesOf(context: AgentContext): Values {
  return {
    prompt_file: context.promptFile,
    workspace: context.workspace,
    task: context.task,
    title: oneLine(context.title, MAX_TITLE),
    attempt: String(context.attempt),
    model: context.model ?? '',
    role: context.role ?? '',
    session: context.session,
  };
}

/**
 * Parses an argv template such as `['my-agent', '--prompt', '{prompt_file}']`; `{{` and `}}` stand for braces.
 * @throws Refusal `bad-agent-command`: no program, an unknown placeholder, or one inside code for an interpreter
 */
export function parseTemplate(agent: string, argv: readonly string[]): Template {
  const [program, ...rest] = argv;
  if (program === undefined || program.trim() === '') {
    throw refusal(
      agent,
      'has no program to run',
      `set agents.${agent}.command, as in ["my-agent", "--prompt", "{prompt_file}"]`,
    );
  }
  if (argv.some((argument) => argument.includes('\0'))) throw refusal(agent, 'holds a NUL character', 'remove it');
  if (parts(agent, program).some((part) => 'placeholder' in part)) {
    throw refusal(
      agent,
      `chooses its program by a placeholder: ${program}`,
      'name the program; placeholders stand in its arguments',
    );
  }
  const parsed = rest.map((argument) => parts(agent, argument));
  parsed.forEach((argument, index) => {
    const used = argument.find((part) => 'placeholder' in part);
    if (used && isCode(argv, index + 1)) {
      const hint = 'a title could hold commands: use the COPSE_… variables of the environment in the code instead';
      throw refusal(agent, `puts {${used.placeholder}} into code: ${rest[index]}`, hint);
    }
  });
  const uses = new Set(parsed.flat().flatMap((part) => ('placeholder' in part ? [part.placeholder] : [])));
  return { program, uses, fill: (values) => parsed.map((argument) => fillArgument(argument, values)) };
}

function fillArgument(argument: Part[], values: Values): string {
  const [first] = argument;
  // A whole argument that is data must not turn into an option.
  if (argument.length === 1 && first && 'placeholder' in first) return values[first.placeholder].replace(/^-+/, '');
  return argument.map((part) => ('text' in part ? part.text : values[part.placeholder])).join('');
}

function parts(agent: string, argument: string): Part[] {
  return argument
    .split(/(\{\{|\}\}|\{[a-z_]+\})/)
    .filter(Boolean)
    .map((piece): Part => {
      if (piece === '{{' || piece === '}}') return { text: piece.charAt(0) };
      const name = /^\{([a-z_]+)\}$/.exec(piece)?.[1];
      if (name === undefined) return { text: piece };
      if ((PLACEHOLDERS as readonly string[]).includes(name)) return { placeholder: name as Placeholder };
      const known = PLACEHOLDERS.map((each) => `{${each}}`).join(', ');
      throw refusal(
        agent,
        `has an unknown placeholder {${name}}`,
        `known are ${known}; write {{${name}}} for the text itself`,
      );
    });
}

const INTERPRETERS = /^(?:(?:ba|da|z|k|fi|a)?sh|node|deno|bun|python[\d.]*|perl|ruby|php)$/;

/** Is this argument source text of a shell or another interpreter, as in `sh -c …` or `env node -e …`? */
function isCode(argv: readonly string[], index: number): boolean {
  if (!/^(?:-[a-z]*[ceEpr]|--(?:eval|print|command))$/.test(argv[index - 1] ?? '')) return false;
  let before = index - 1;
  while (before > 0 && argv[before]!.startsWith('-')) before -= 1;
  return INTERPRETERS.test(basename(argv[before]!));
}

function refusal(agent: string, what: string, hint: string): Refusal {
  return new Refusal('bad-agent-command', `the command of agent \`${agent}\` ${what}`, { exit: EXIT.usage, hint });
}
