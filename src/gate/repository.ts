import { isDangerous } from '../git/shared-files.ts';
import { listed, oneLine } from '../run/describe.ts';
import type { Gate } from './gate.ts';

/**
 * What all worktrees and the user's own checkout share (settings, hooks, `info/`) is as it was. When other agents worked at
 * the same time nobody can tell whose doing it was: then it is shown with each of them, and fails none.
 */
export const repository: Gate = ({ result, alone }) => {
  const changed = result.shared ?? [];
  const dangerous = changed.filter(isDangerous);
  const failed = dangerous.length > 0 && alone;
  const whose = alone ? '' : ', while other agents were at work, too';
  return {
    evidence: {
      gate: 'repository',
      verdict: failed ? 'fail' : changed.length > 0 ? 'warn' : 'pass',
      summary:
        changed.length === 0
          ? 'settings and hooks of the repository are as they were'
          : oneLine(`changed for everybody${whose}: ${listed([...new Set([...dangerous, ...changed])], 5)}`, 600),
      details: { changed: changed.slice(0, 100), alone },
    },
    failure: failed ? { code: 'repository-changed', names: dangerous.slice(0, 100) } : null,
  };
};
