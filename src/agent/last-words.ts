import { extractClaim } from '../run/claim.ts';
import type { Claim } from '../run/event.ts';
import { firstProse } from './text.ts';

/** Enough of the agent's last words to find its JSON block in. */
const KEPT_TEXT = 64 * 1024;

export interface LastWords {
  /** More text of the message that is being said. */
  say(text: string): void;
  /** What comes next is another message. */
  pause(): void;
  claim(): Claim | null;
  /** The last message as it is. */
  text(): string;
  /** Its first line of prose, `''` when there is none. */
  prose(): string;
}

/** Keeps what an agent said last, and finds its claim in it. */
export function lastWords(): LastWords {
  let all = '';
  let last = '';
  let isOver = false;
  return {
    say(text) {
      all = `${all}${isOver ? '\n' : ''}${text}`.slice(-KEPT_TEXT);
      last = `${isOver ? '' : last}${text}`.slice(-KEPT_TEXT);
      isOver = false;
    },
    pause() {
      isOver = true;
    },
    claim: () => extractClaim(last) ?? extractClaim(all),
    text: () => last,
    prose: () => firstProse(last),
  };
}
