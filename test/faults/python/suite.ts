import { API } from '../contracts.ts';
import type { Suite } from '../fault.ts';
import { PYTHON } from './base.ts';
import { OF_BRANCHES } from './branch.ts';
import { CLEAN } from './clean.ts';
import { OF_MERGED } from './merged.ts';

const TYPES = `from dataclasses import dataclass
from enum import Enum


@dataclass
class Address:
    street: str
    postcode: str


class PaymentState(Enum):
    OPEN = "open"
    PAID = "paid"
    FAILED = "failed"


@dataclass
class Parcel:
    id: str
    grams: int
`;

export const python: Suite = {
  language: 'Python',
  base: PYTHON,
  contracts: { 'types.py': TYPES, 'api-schema.yaml': API },
  faults: { branches: OF_BRANCHES, 'the merged tree': OF_MERGED },
  clean: CLEAN,
};
