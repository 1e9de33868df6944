import { describe, expect, it } from 'vitest';
import { formatBytes, parseBytes } from './size.ts';

describe('sizes', () => {
  it('are read as people write them, in powers of 1000', () => {
    expect(['2G', '2GB', '2 gb', '500M', '1.5k', '7', '0', '1T'].map(parseBytes)).toEqual([
      2e9, 2e9, 2e9, 5e8, 1500, 7, 0, 1e12,
    ]);
    for (const text of ['', 'G', '-1', '2 GiB', '2X', '1e9', '99999999T', '1,5G'])
      expect(parseBytes(text), text).toBeNull();
  });

  it('are said in short', () => {
    expect([0, 999, 1000, 12_345_678, 2.1e9, 3e15].map(formatBytes)).toEqual([
      '0 B',
      '999 B',
      '1.0 kB',
      '12 MB',
      '2.1 GB',
      '3000 TB',
    ]);
  });
});
