/** What the model answers in one turn. `hold`: only when the test releases the gate of that name. */
export type Turn = { hold?: string; text?: string; usage?: { input_tokens: number; output_tokens: number } } & (
  | { say: string }
  | Call
  | { parallel: Call[] }
  /** The stream is cut in the middle. */
  | { cut: string }
);

/** A tool call, in the vocabulary of whichever agent asks. */
export type Call =
  | { bash: string }
  | { write: { path: string; content: string } }
  | { tool: { name: string; args?: Record<string, unknown> } };

/** An API error: the first `times` requests that come to it fail, then the script goes on; without `times` all do. */
export interface Fail {
  status: number;
  times?: number;
  message?: string;
  /** Counted under this name by all conversations together: a session that goes on sends another conversation. */
  counted?: string;
  /** Seconds, for the `retry-after` header. */
  retryAfter?: number;
}

export type Step = Turn | Fail;

/** A message as the mock hands it over, whatever API it came by. */
export interface Message {
  role: string;
  content?: unknown;
}

/** Where a request stands in the script of its prompt. */
export interface Position {
  steps: Step[];
  /** Turns that the model has taken since the message with the script. */
  turns: number;
}

/** What only the prompt of an agent that resolves a conflict says. */
const RESOLVING = 'RESOLVE A CONFLICT:';

/**
 * Renders a script to put anywhere into a prompt. It travels with the conversation, so one server without state serves
 * any number of agents, attempts and resumed sessions at once. `<` is escaped: a script stays one line of plain text in
 * Markdown, and nothing in it can end it early.
 */
export function script(steps: Step[]): string {
  return `<<SCRIPT>>${JSON.stringify(steps).replaceAll('<', '\\u003c')}<</SCRIPT>>`;
}

/** The same of whoever resolves a conflict of the task: its prompt has the prompts of the tasks on both sides. */
export function resolving(steps: Step[]): string {
  return script(steps).replaceAll('SCRIPT>>', 'RESOLVING>>');
}

/** Finds the script of a conversation: the last one in the last user message that carries any. */
export function positionIn(messages: readonly Message[]): Position | null {
  for (let at = messages.length - 1; at >= 0; at--) {
    const message = messages[at]!;
    if (message.role !== 'user') continue;
    const text = textOf(message.content);
    const kind = text.includes(RESOLVING) && text.includes('<<RESOLVING>>') ? 'RESOLVING' : 'SCRIPT';
    const found = [...text.matchAll(new RegExp(`<<${kind}>>(.*?)<</${kind}>>`, 'gs'))].at(-1);
    if (found) return { steps: JSON.parse(found[1]!) as Step[], turns: turnsOf(messages.slice(at + 1)) };
  }
  return null;
}

/**
 * The step for this request. The last one repeats when the script is over.
 * @param failed how often the failing step of this index has been served before
 */
export function stepAt(
  { steps, turns }: Position,
  failed: (index: number) => number,
): { step: Step; index: number } | null {
  let turn = 0;
  for (const [index, step] of steps.entries()) {
    if ('status' in step && step.times !== undefined) {
      if (turn === turns && failed(index) < step.times) return { step, index };
      continue; // it has failed often enough, and no answer of the model came of it
    }
    if (turn === turns || index === steps.length - 1) return { step, index };
    turn += 1;
  }
  return null;
}

/** Runs of assistant messages: some APIs cut one turn into several. */
function turnsOf(messages: readonly Message[]): number {
  return messages.filter((message, index) => message.role === 'assistant' && messages[index - 1]?.role !== 'assistant')
    .length;
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return Array.isArray(content) ? content.map((part) => (part as { text?: string })?.text ?? '').join('') : '';
}
