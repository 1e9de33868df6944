import { listed } from '../util/listed.ts';
import type { AskedEntry } from './failure.ts';

/** What an agent asks for, in one line: `src/a.ts (task-002 owns it): the type must be exported`. */
export function describeRequest({ entry, reason, held }: AskedEntry): string {
  return `${entry}${held ? ` (${whyHeld(held)})` : ''}${reason === '' ? '' : `: ${reason}`}`;
}

/** `asks to change src/a.ts: …`. */
export function describeRequests(requests: readonly AskedEntry[]): string {
  return `asks to change ${listed(requests.map(describeRequest), 3)}`;
}

function whyHeld(held: NonNullable<AskedEntry['held']>): string {
  switch (held.by) {
    case 'task':
      return `${held.task} owns it`;
    case 'boundary':
      return 'its BOUNDARY';
    case 'sensitive':
      return 'makes programs run for others';
    case 'plan':
      return 'the plan or a contract';
    default:
      return 'outside of its directories';
  }
}
