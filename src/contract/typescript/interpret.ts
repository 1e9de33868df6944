import type { ContractFinding } from '../finding.ts';
import type { Field, Shape } from '../types/shape.ts';
import type { CompileError } from './compile.ts';
import { type Generated, type Pair, type Probe, textOf } from './generate.ts';

/** What the compiler's errors say of each pair. */
export interface Verdict {
  pair: Pair;
  findings: ContractFinding[];
  /** It could not be told, and why. */
  unknown: string | null;
}

/** Turns errors back into what they mean: which field of which type, and where it stands on both sides. */
export function interpret(generated: Generated, errors: readonly CompileError[], pairs: readonly Pair[]): Verdict[] {
  const failed = errors.flatMap((error) => {
    const probe = generated.probes.get(error.line);
    return probe ? [{ probe, error }] : [];
  });
  return pairs.map((pair) =>
    verdictOf(
      pair,
      failed.filter(({ probe }) => probe.pair === pair),
    ),
  );
}

interface Failed {
  probe: Probe;
  error: CompileError;
}

function verdictOf(pair: Pair, failed: readonly Failed[]): Verdict {
  if (failed.some(({ probe }) => probe.of === 'any')) {
    return {
      pair,
      findings: [],
      unknown: `${pair.wanted.shape.name} is any: something that ${pair.code.file} imports is not there`,
    };
  }
  const told = pair.wanted.shape.fields.flatMap((field) => fieldFindings(pair, field, failed));
  const others = failed.flatMap(({ probe, error }) => typeFindings(pair, probe, error));
  const isTold = [...told, ...others].some(({ level }) => level === 'error');
  const whole = failed.find(({ probe }) => probe.of === 'whole');
  if (whole && !isTold) others.push(wholeFinding(pair, whole.error));
  return { pair, findings: [...told, ...others], unknown: null };
}

/** What is missing has no type; what has another type is told once, in whichever direction it does not fit. */
function fieldFindings(pair: Pair, field: Field, failed: readonly Failed[]): ContractFinding[] {
  const own = new Map(
    failed.flatMap(({ probe, error }) => ('field' in probe && probe.field === field ? [[probe.of, error]] : [])),
  );
  const name = `${pair.wanted.shape.name}.${field.name}`;
  const at = pair.code.shape.fields.find((each) => each.name === field.name);
  const tell = (code: string, message: string, level: ContractFinding['level'] = 'error') =>
    finding(pair, { code, level, message: `${name} ${message}`, wanted: field.line, found: at?.line });
  if (own.has('there') && field.method && field.presence === 'absent') return [];
  if (own.has('there'))
    return [tell(field.method ? 'missing-method' : 'missing-field', `is missing${spelled(pair.code.shape, field)}`)];
  if (own.has('field-any')) {
    return [tell('any-type', `is any, the contract says ${field.text}`, 'warning')];
  }
  const findings: ContractFinding[] = [];
  const optional = own.get('optional');
  if (optional) {
    const isLoose = optional.message.startsWith('Type \'"optional"');
    const words = isLoose
      ? 'may be absent, in the contract it is always there'
      : 'must be given, in the contract it may be left out';
    findings.push(tell('wrong-optional', words));
  }
  const type = own.get('type') ?? own.get('type-back');
  if (type) findings.push(tell(field.method ? 'wrong-parameters' : 'wrong-type', typeWords(field, at, type)));
  else if (own.has('parameters'))
    findings.push(
      tell('wrong-parameters', `cannot be called with what the contract allows: ${reasonOf(own.get('parameters')!)}`),
    );
  if (own.has('readonly'))
    findings.push(tell('wrong-readonly', 'is readonly, in the contract it can be set', 'warning'));
  return findings;
}

function spelled(shape: Shape, field: Field): string {
  const plain = (name: string) => name.replaceAll(/[_-]/g, '').toLowerCase();
  const near = shape.fields.find(({ name }) => plain(name) === plain(field.name));
  return near ? `; ${near.name} is there` : '';
}

function typeWords(field: Field, at: Field | undefined, error: CompileError): string {
  if (field.method) return `cannot be called as in the contract: ${reasonOf(error)}`;
  const said =
    at && at.text !== field.text
      ? `is ${at.text}, the contract says ${field.text}`
      : `is not what the contract says (${field.text})`;
  return `${said}: ${reasonOf(error)}`;
}

function reasonOf({ message, reason }: CompileError): string {
  const text = (reason || message).replaceAll(/CopseCode\d+/g, 'it').replace(/\.$/, '');
  return text.length > 300 ? `${text.slice(0, 299)}…` : text;
}

function typeFindings(pair: Pair, probe: Probe, error: CompileError): ContractFinding[] {
  const { name } = pair.wanted.shape;
  switch (probe.of) {
    case 'value':
      return [
        finding(pair, {
          code: 'missing-value',
          message: `${name} has no ${probe.value.value}`,
          wanted: probe.value.line,
        }),
      ];
    case 'extra-values':
      return extraValues(pair, error);
    case 'extra':
      return namesIn(error.message).map((field) => {
        const found = pair.code.shape.fields.find((each) => each.name === field)?.line;
        return finding(pair, {
          code: 'extra-field',
          level: 'warning',
          message: `${name}.${field} is not in the contract, and must be given`,
          found,
        });
      });
    case 'back':
      return MISSING_PROPERTY.has(error.code)
        ? [
            finding(pair, {
              code: 'extra-field',
              level: 'warning',
              message: `${name} needs more than in the contract: ${reasonOf(error)}`,
            }),
          ]
        : [wholeFinding(pair, error)];
    default:
      return [];
  }
}

function extraValues(pair: Pair, error: CompileError): ContractFinding[] {
  const { name } = pair.wanted.shape;
  const values = namesIn(error.message);
  if (values.length === 0) {
    const message = `${name} is a set of values in the contract, and allows more here: ${reasonOf(error)}`;
    return [finding(pair, { code: 'wrong-kind', message })];
  }
  return values.map((value) => {
    const found = pair.code.shape.values.find((each) => each.value !== null && textOf(each.value) === value)?.line;
    const message = `${name} has ${JSON.stringify(value)}, which is not in the contract`;
    return finding(pair, { code: 'extra-value', message, found });
  });
}

/** "Property x is missing in type …", and the same of several. */
const MISSING_PROPERTY = new Set([2739, 2740, 2741]);

/** `Type '["a" | "b"]' is not assignable to type '[never]'.` names a and b. */
function namesIn(message: string): string[] {
  return [...message.replace(/ is not assignable to type .*$/, '').matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(
    (match) => match[1]!,
  );
}

function wholeFinding(pair: Pair, error: CompileError): ContractFinding {
  return finding(pair, {
    code: 'wrong-type',
    message: `${pair.wanted.shape.name} is another type than in the contract: ${reasonOf(error)}`,
  });
}

interface Told {
  code: string;
  level?: ContractFinding['level'];
  message: string;
  wanted?: number | undefined;
  found?: number | undefined;
}

function finding({ wanted, code: of }: Pair, { code, level = 'error', message, ...lines }: Told): ContractFinding {
  return {
    code,
    level,
    basis: 'exact',
    contract: { file: wanted.file, line: lines.wanted ?? wanted.shape.line },
    at: { file: of.file, line: lines.found ?? of.shape.line },
    message,
  };
}
