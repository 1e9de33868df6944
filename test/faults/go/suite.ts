import { API } from '../contracts.ts';
import type { Suite } from '../fault.ts';
import { GO } from './base.ts';
import { OF_BRANCHES } from './branch.ts';
import { CLEAN } from './clean.ts';
import { OF_MERGED } from './merged.ts';

const SCHEMA = `CREATE TABLE addresses (id bigint NOT NULL, street text NOT NULL, postcode text NOT NULL);
CREATE TYPE payment_state AS ENUM ('open', 'paid', 'failed');
CREATE TABLE parcels (id bigint NOT NULL, grams integer NOT NULL);
`;

export const go: Suite = {
  language: 'Go',
  base: GO,
  // Vet reads all of the standard library: a minute of a small machine.
  config: { checks: [{ name: 'go vet', command: false }] },
  contracts: { 'schema.sql': SCHEMA, 'api-schema.yaml': API },
  faults: { branches: OF_BRANCHES, 'the merged tree': OF_MERGED },
  clean: CLEAN,
};
