import type { Route } from '../http/route.ts';
import type { NewUser } from '../users/user.ts';
import type { Users } from '../users/users.ts';
import { fields } from './fields.ts';

export const userRoutes = (users: Users): Route[] => [
  {
    method: 'POST',
    path: '/users',
    answer: ({ body }) => ({ status: 201, body: users.register(fields<NewUser>(body)) }),
  },
  { method: 'GET', path: '/users', answer: () => ({ status: 200, body: users.all() }) },
  { method: 'GET', path: '/users/:id', answer: ({ params }) => ({ status: 200, body: users.get(params.id ?? '') }) },
];
