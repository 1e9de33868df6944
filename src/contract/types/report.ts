import type { ContractFinding } from '../finding.ts';
import type { CompareOptions, Difference } from './compare.ts';
import { compareShapes } from './compare.ts';
import type { Found } from './shape.ts';

/** What comes of one type of a contract: the implementation that fits best, and what it does otherwise. */
export function reportType(
  wanted: Found,
  candidates: readonly Found[],
  optionsFor: (file: string) => CompareOptions,
): ContractFinding[] {
  const compared = candidates.map((code) => ({
    code,
    differences: compareShapes(wanted, code, optionsFor(code.file)),
  }));
  const [best, ...others] = compared.toSorted((a, b) => errors(a.differences) - errors(b.differences));
  if (!best) return [];
  return [
    ...best.differences.map((each) => toFinding(each, wanted, best.code)),
    ...others.filter(({ differences }) => errors(differences) > 0).map((each) => another(wanted, each)),
  ];
}

function errors(differences: readonly Difference[]): number {
  return differences.filter(({ level }) => level === 'error').length;
}

function toFinding({ code, level, message, ...lines }: Difference, wanted: Found, found: Found): ContractFinding {
  return {
    code,
    level,
    basis: 'advisory',
    contract: { file: wanted.file, line: lines.wanted },
    at: { file: found.file, line: lines.found },
    message,
  };
}

/** Two types of one name: which one is meant nobody says, so that the other one is only told. */
function another(wanted: Found, { code, differences }: { code: Found; differences: Difference[] }): ContractFinding {
  const first = differences.find(({ level }) => level === 'error')!;
  const rest = errors(differences) - 1;
  const more = rest > 0 ? `, and ${rest} more` : '';
  return {
    code: 'another-type',
    level: 'note',
    basis: 'advisory',
    contract: { file: wanted.file, line: wanted.shape.line },
    at: { file: code.file, line: code.shape.line },
    message: `another ${wanted.shape.name} does otherwise: ${first.message}${more}`,
  };
}
