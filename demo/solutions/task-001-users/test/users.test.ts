import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createUsers } from '../src/users/users.ts';

const ada = { name: 'Ada', email: 'Ada@example.org', role: 'manager' as const };

test('a user is registered and found', () => {
  const users = createUsers();
  const user = users.register(ada);
  assert.deepEqual(user, { id: 'user-1', name: 'Ada', email: 'ada@example.org', role: 'manager' });
  assert.deepEqual(users.get('user-1'), user);
  assert.deepEqual(users.all(), [user]);
});

test('an e-mail address belongs to one user, however it is written', () => {
  const users = createUsers();
  users.register(ada);
  assert.throws(() => users.register({ ...ada, email: ' ADA@example.org ' }), { code: 'conflict' });
});

test('what is no user is refused', () => {
  const users = createUsers();
  for (const wrong of [{ name: '  ' }, { email: 'ada' }, { role: 'owner' as 'clerk' }]) {
    assert.throws(() => users.register({ ...ada, ...wrong }), { code: 'invalid' });
  }
  assert.deepEqual(users.all(), []);
});

test('an unknown user is a problem', () => {
  assert.throws(() => createUsers().get('user-7'), { code: 'not-found' });
});
