import type { Findings } from './findings.ts';
import { longestChain } from './graph.ts';
import { MANIFEST, type Manifest } from './manifest.ts';
import type { TaskId } from './plan.ts';
import type { Links } from './references.ts';
import type { Roster } from './roster.ts';

interface Facts {
  links: ReadonlyMap<TaskId, Links>;
  waveSizes: readonly number[];
  resolve: Roster['resolve'];
  found: Findings;
}

/** total_tasks, max_parallel and critical_path are for people: recomputed, a difference is noted. */
export function checkStated({ stated }: Manifest, { links, waveSizes, resolve, found }: Facts): void {
  const { tasks, waves, maxParallel, criticalPath } = stated;
  const differ = (name: string, said: { value: number; line: number; column: number } | undefined, is: number) => {
    // The template of the oldest format holds zeros until somebody fills it in.
    if (!said || said.value === is || said.value === 0) return;
    const { line, column } = said;
    found.note('stated-differs', { file: MANIFEST, line, column }, `${name} is ${is}, not ${said.value}`);
  };
  differ('the number of tasks', tasks, links.size);
  differ('the number of waves', waves, waveSizes.length);
  differ('the largest wave', maxParallel, Math.max(0, ...waveSizes));
  const said = criticalPath?.[0];
  if (!criticalPath || !said) return;
  const path = criticalPath.map(({ value }) => resolve(value)).map((each) => ('id' in each ? each.id : undefined));
  const chain = longestChain(links);
  const linked = path.every(
    (id, index) => id !== undefined && (index === 0 || links.get(id)?.deps.some((dep) => dep.id === path[index - 1])),
  );
  if (linked && path.length === chain.length) return;
  const { line, column } = said;
  const by = linked ? 'the longest chain of deps' : 'not every step is a dependency; the longest chain of deps';
  found.note('stated-differs', { file: MANIFEST, line, column }, `critical_path: ${by} is ${shorten(chain)}`);
}

function shorten(chain: readonly TaskId[]): string {
  if (chain.length <= 8) return chain.join(' → ');
  return `${chain.slice(0, 4).join(' → ')} → … → ${chain.slice(-3).join(' → ')} (${chain.length} tasks)`;
}
