/** Who resolved the conflict of a landing; `recorded`: it was resolved before, and git's rerere had kept how. */
export interface Settled {
  by: 'person' | 'recorded';
  paths: string[];
}
