import { API } from '../contracts.ts';
import type { Suite } from '../fault.ts';
import { TYPESCRIPT } from './base.ts';
import { OF_BRANCHES } from './branch.ts';
import { CLEAN } from './clean.ts';
import { OF_MERGED } from './merged.ts';

const TYPES = `export interface Address {
  street: string;
  postcode: string;
}

export type PaymentState = 'open' | 'paid' | 'failed';

export interface Parcel {
  id: string;
  grams: number;
}
`;

export const typescript: Suite = {
  language: 'TypeScript',
  base: TYPESCRIPT,
  config: { workspace: { link: ['node_modules'] } },
  contracts: { 'types.ts': TYPES, 'api-schema.yaml': API },
  faults: { branches: OF_BRANCHES, 'the merged tree': OF_MERGED },
  clean: CLEAN,
};
