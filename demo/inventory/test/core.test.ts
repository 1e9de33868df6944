import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRecords } from '../src/core/records.ts';

interface Crate {
  id: string;
  labels: string[];
}

test('records get ids in order', () => {
  const crates = createRecords<Crate>('crate');
  assert.equal(crates.add({ labels: ['a'] }).id, 'crate-1');
  assert.equal(crates.add({ labels: ['b'] }).id, 'crate-2');
  assert.deepEqual(
    crates.all().map(({ id }) => id),
    ['crate-1', 'crate-2'],
  );
});

test('a record changes by update only', () => {
  const crates = createRecords<Crate>('crate');
  const crate = crates.add({ labels: ['a'] });
  crate.labels.push('smuggled');
  assert.deepEqual(crates.get('crate-1').labels, ['a']);
  assert.deepEqual(crates.update('crate-1', { labels: ['b'] }), { id: 'crate-1', labels: ['b'] });
});

test('an unknown id is a problem', () => {
  assert.throws(() => createRecords<Crate>('crate').get('crate-9'), { name: 'Problem', code: 'not-found' });
});
