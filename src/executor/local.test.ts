import { describe, expect, it } from 'vitest';
import { describeExecutor } from '../../test/contract/executor.ts';
import { localWorld } from '../../test/rig/local-executor.ts';
import { coalesce } from './coalesce.ts';

describeExecutor('local', (scratch) => localWorld(scratch));

describe('coalesce', () => {
  it('lets the first through, holds the newest, and gives it out at the end', () => {
    const seen: string[] = [];
    const live = coalesce(
      (event) => seen.push(event.type === 'activity' ? event.activity.summary : event.type),
      60_000,
    );
    for (const summary of ['a', 'b', 'c']) live.push({ type: 'activity', activity: { kind: 'text', summary } });
    expect(seen).toEqual(['a']);
    live.flush();
    expect(seen).toEqual(['a', 'c']);
  });
});
