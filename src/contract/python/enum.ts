import type { Node } from '../../syntax/parse.ts';
import type { Shape } from '../types/shape.ts';
import { assignmentOf, callOf, lineOf, literalOf } from './syntax.ts';

const ENUMS = new Set([
  'Enum',
  'IntEnum',
  'StrEnum',
  'Flag',
  'IntFlag',
  'ReprEnum',
  'TextChoices',
  'IntegerChoices',
  'Choices',
]);

/** The members of an enum, also of Django's choices; null for a class that is none. */
export function readEnum(body: readonly Node[], bases: readonly string[]): Shape['values'] | null {
  if (!bases.some((base) => ENUMS.has(base))) return null;
  const isText = bases.includes('StrEnum') || bases.includes('TextChoices');
  const hasLabels = bases.some((base) => base.endsWith('Choices'));
  return body.flatMap((statement) => {
    const assignment = assignmentOf(statement);
    const name = assignment?.childForFieldName('left');
    const right = assignment?.childForFieldName('right');
    if (name?.type !== 'identifier' || !right || name.text.startsWith('_')) return [];
    const isAuto = callOf(right)?.name === 'auto';
    const isPair = hasLabels && (right.type === 'expression_list' || right.type === 'tuple');
    const automatic = isText ? JSON.stringify(name.text.toLowerCase()) : null;
    const value = isAuto ? automatic : literalOf(isPair ? right.namedChild(0) : right);
    return [{ name: name.text, value, line: lineOf(statement) }];
  });
}
