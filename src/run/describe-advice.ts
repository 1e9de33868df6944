import { assertNever } from '../util/assert-never.ts';
import { listed } from '../util/listed.ts';
import { formatBytes } from '../util/size.ts';
import type { Advice, AgentAdvice, PatternVerdict, Reason } from './advice.ts';

/** `worktree, 4 agents at once`. */
export function describeAdvice({ pattern, agents: { count } }: Advice): string {
  return `${pattern}, ${count === 1 ? '1 agent' : `${count} agents`} at once`;
}

/** What speaks for a pattern or against it, in one line. */
export function describeVerdict({ possible, reasons }: PatternVerdict): string {
  const text = reasons.map(describeReason).join('; ');
  return possible ? text : `not here: ${text}`;
}

function describeReason(reason: Reason): string {
  switch (reason.about) {
    case 'disk': {
      const { worktrees, each, work, free, fits } = reason;
      const need = `${formatBytes(worktrees * each + work)} (${worktrees} of ${formatBytes(each)}, and room to work)`;
      const floor = fits ? '' : `, and ${formatBytes(reason.floor)} are to stay so`;
      return `worktrees take ${need}, ${formatBytes(free)} are free${floor}`;
    }
    case 'tree':
      return `each worktree is ${reason.files} files, ${formatBytes(reason.bytes)}`;
    case 'no-directories':
      return `nothing says in which directories ${listed(reason.tasks, 3)} may work`;
    case 'shared-directories': {
      const { pairs, first } = reason;
      const [[a, b], [one, other]] = [first.tasks, first.directories];
      const where = one === other ? `both work in ${one}` : `work in ${one} and in ${other}`;
      const more = pairs > 1 ? `, and ${pairs - 1} more pairs like them` : '';
      return `${a} and ${b} ${where}, in no order${more}`;
    }
    case 'dependencies':
      return 'the plan installs dependencies, which the checkout would not see';
    case 'sandbox':
      return `${reason.name} holds each agent in its directories`;
    case 'no-sandbox':
      return `nothing holds an agent in its directories (${reason.message})`;
    case 'uncommitted':
      return reason.what;
    case 'one-at-a-time':
      return reason.tasks === 1 ? 'in the checkout' : `one of ${reason.tasks} tasks after the other, in the checkout`;
    default:
      return assertNever(reason);
  }
}

/** Why so many agents and no more. */
export function describeAgents({ count, limit, room, exclusive }: AgentAdvice): string {
  const apart =
    exclusive > 0 ? `; ${exclusive === 1 ? '1 pair' : `${exclusive} pairs`} of tasks never run together` : '';
  const known = [
    room.memory !== null && `memory ${room.memory}`,
    room.disk !== null && `disk ${room.disk}`,
    room.files !== null && `open files ${room.files}`,
    `cores ${room.cores}`,
  ].filter(Boolean);
  return `${count}, ${LIMIT[limit]} (room for: ${known.join(', ')}${apart})`;
}

const LIMIT: Record<AgentAdvice['limit'], string> = {
  plan: 'the plan never has more to do at once',
  pattern: 'the pattern allows no more',
  memory: 'memory has no room for more',
  disk: 'the disk has no room for more workspaces',
  files: 'copse may open no more files',
  cores: 'the cores carry no more',
};
