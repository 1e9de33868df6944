import { Problem } from '../core/problem.ts';
import { createRecords } from '../core/records.ts';
import type { NewUser, Role, User } from './user.ts';

export interface Users {
  /** Throws `invalid` for fields that are no user, `conflict` for an e-mail address that is taken. */
  register(fields: NewUser): User;
  /** Throws `not-found`. */
  get(id: string): User;
  all(): User[];
}

const ROLES: readonly Role[] = ['clerk', 'manager'];

export function createUsers(): Users {
  const records = createRecords<User>('user');
  return {
    register(fields) {
      const user = checked(fields);
      if (records.find(({ email }) => email === user.email)) {
        throw new Problem('conflict', `${user.email} is registered already`);
      }
      return records.add(user);
    },
    get: records.get,
    all: records.all,
  };
}

function checked({ name, email, role }: NewUser): NewUser {
  if (typeof name !== 'string' || name.trim() === '') throw new Problem('invalid', 'a user has a name');
  if (typeof email !== 'string' || !/^[^\s@]+@[^\s@]+$/.test(email.trim())) {
    throw new Problem('invalid', `${email} is not an e-mail address`);
  }
  if (!ROLES.includes(role)) throw new Problem('invalid', `a role is one of ${ROLES.join(', ')}`);
  return { name: name.trim(), email: email.trim().toLowerCase(), role };
}
