import { listed, oneLine } from '../run/describe.ts';
import type { Gate } from './gate.ts';

/** Contracts are what all tasks rely on: nobody changes one while they do, whatever its scope says. */
export const contracts: Gate = ({ contracts: locked, changes, result, task }) => {
  // What it changed in the plan is not in its branch any more; its code was written by it all the same.
  const touched = [...changes.map(({ path }) => path), ...(result.refused ?? [])];
  const changed = [...new Set(touched)].filter((path) => locked.some((each) => each.path === path));
  const own = locked.filter(({ tasks, hash }) => hash !== null && tasks.includes(task.id));
  return {
    evidence: {
      gate: 'contracts',
      verdict: changed.length > 0 ? 'fail' : 'pass',
      summary:
        changed.length > 0 ? oneLine(`changed a contract: ${listed(changed, 3)}`, 600) : 'no contract was changed',
      details: {
        changed: changed.slice(0, 100),
        hashes: Object.fromEntries(own.map(({ name, hash }) => [name, hash])),
      },
    },
    failure: changed.length > 0 ? { code: 'contract-changed', paths: changed.slice(0, 100) } : null,
  };
};
