export type Role = 'clerk' | 'manager';

export interface User {
  id: string;
  name: string;
  /** Lower case; belongs to one user only. */
  email: string;
  role: Role;
}

export type NewUser = Omit<User, 'id'>;
