import { type Added, findParts, type Section } from './prompt-sections.ts';

/** A prompt in two parts, for agents that take a system prompt. */
export interface SplitPrompt {
  /** The sections that tell what the task stands in; `''` when the prompt has none. */
  background: string;
  /** The rest, which says where they are. */
  prompt: string;
}

const BACKGROUND: ReadonlySet<Section | Added> = new Set(['CONTEXT', 'CONTRACTS']);
const MOVED = 'In the system prompt, under the same heading.\n';

/** Takes CONTEXT and CONTRACTS out of a prompt; every byte of their bodies is in one part, and one that says `None.` stays. */
export function splitBackground(text: string): SplitPrompt {
  const found = findParts(text);
  const taken: string[] = [];
  const left = [text.slice(0, found[0]?.offset)];
  found.forEach(({ section, offset }, index) => {
    const part = text.slice(offset, found[index + 1]?.offset);
    const body = part.indexOf('\n') + 1;
    const isTaken = BACKGROUND.has(section) && body > 0 && !/^\s*(?:none\.?\s*)?$/i.test(part.slice(body));
    if (isTaken) taken.push(part);
    left.push(isTaken ? `${part.slice(0, body)}${MOVED}\n` : part);
  });
  return { background: taken.join(''), prompt: left.join('') };
}
