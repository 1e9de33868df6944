import type { ContractFinding } from '../finding.ts';
import { type CompareOptions, compareShapes } from './compare.ts';
import type { Difference } from './difference.ts';
import type { Found } from './shape.ts';

/** Of several types of one name the one that fits best is meant; that another one does otherwise is told as a note. */
export function bestOf(
  wanted: Found,
  verdicts: readonly { code: Found; findings: ContractFinding[] }[],
): ContractFinding[] {
  const count = ({ findings }: { findings: ContractFinding[] }) =>
    findings.filter(({ level }) => level === 'error').length;
  const [best, ...others] = verdicts.toSorted((a, b) => count(a) - count(b));
  return [...(best?.findings ?? []), ...others.filter((each) => count(each) > 0).map((each) => another(wanted, each))];
}

/** What comes of one type of a contract, by comparing what was read of both. */
export function reportType(
  wanted: Found,
  candidates: readonly Found[],
  optionsFor: (file: string) => CompareOptions,
): ContractFinding[] {
  const verdicts = candidates.map((code) => {
    const differences = compareShapes(wanted, code, optionsFor(code.file));
    return { code, findings: differences.map((each) => toFinding(each, wanted, code)) };
  });
  return bestOf(wanted, verdicts);
}

function toFinding({ code, level, message, ...lines }: Difference, wanted: Found, found: Found): ContractFinding {
  return {
    code,
    level,
    basis: 'advisory',
    contract: { file: wanted.file, line: lines.wanted },
    at: { file: lines.file ?? found.file, line: lines.found },
    message,
  };
}

function another(wanted: Found, { code, findings }: { code: Found; findings: ContractFinding[] }): ContractFinding {
  const [first, ...rest] = findings.filter(({ level }) => level === 'error');
  const more = rest.length > 0 ? `, and ${rest.length} more` : '';
  return {
    code: 'another-type',
    level: 'note',
    basis: first!.basis,
    contract: { file: wanted.file, line: wanted.shape.line },
    at: { file: code.file, line: code.shape.line },
    message: `another ${wanted.shape.name} does otherwise: ${first!.message}${more}`,
  };
}
