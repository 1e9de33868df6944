import { expect, it } from 'vitest';
import type { Workspaces } from '../workspace/workspace.ts';
import { chosenWorkspaces } from './parts.ts';

class Mine implements Workspaces {
  readonly calls: string[] = [];
  async prepare() {
    this.calls.push('prepare');
    return { ok: true as const, ms: 0, notes: [] };
  }
  async harvest() {
    this.calls.push('harvest');
    return { head: '', commits: 0, leftovers: [], marker: false, notes: [] };
  }
  async withdraw() {
    this.calls.push('withdraw');
    return { is: 'nothing' as const };
  }
  async remove() {
    this.calls.push('remove');
    return { removed: true as const };
  }
  async settle() {
    this.calls.push('settle');
  }
}

const spec = { path: '/x', branch: 'x', base: '0' };

it('workspaces of a class keep their methods when what wraps them spreads them', async () => {
  const mine = new Mine();
  const spread = { ...chosenWorkspaces({ workspaces: mine }, new Mine()) };
  await spread.prepare(spec);
  await spread.harvest(spec, '');
  await spread.withdraw?.(spec);
  await spread.remove(spec, { force: false });
  await spread.settle();
  expect(mine.calls).toEqual(['prepare', 'harvest', 'withdraw', 'remove', 'settle']);
});

it('what the caller does not bring is ours, and a method that is not there stays so', () => {
  const ours = new Mine();
  expect(chosenWorkspaces({}, ours)).toBe(ours);
  const { prepare, harvest, remove, settle } = ours;
  const chosen = chosenWorkspaces({ workspaces: () => ({ prepare, harvest, remove, settle }) }, ours);
  expect(Object.keys(chosen)).toEqual(['prepare', 'harvest', 'remove', 'settle']);
});
