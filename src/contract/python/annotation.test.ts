import { expect, it } from 'vitest';
import { readAnnotation } from './annotation.ts';

it.each([
  [
    'Optional[str]',
    'str | None',
    'None | str',
    'Union[str, None]',
    't.Optional["str"]',
    '"str | None"',
    'Annotated[str | None, Len(3)]',
  ],
  [
    'list[int]',
    'List[int]',
    'typing.List[int]',
    '"list[int]"',
    "list['int']",
    'list [ int ]',
    'Final[list[int]]',
    'list[\n    int,  # of many\n]',
  ],
  ['dict[str, Any]', 'Dict[str, t.Any]', 'dict[str, object]'],
  ['datetime', 'datetime.datetime', 'dt.datetime', '"datetime"'],
  ['str', 'EmailStr', 'constr(min_length=1, pattern="^[a-z]|x$")', 'Required[str]', 'Mapped[str]'],
  ['Literal["a", "b"]', "Literal['a', 'b']", 'typing.Literal["a", "b"]'],
  ['int | str', 'Union[int, str]', 'Union[int, Union[str]]'],
  ['User', 'models.User', '"User"', 'app.models.User'],
])('%s has one meaning in all its spellings', (...spellings) => {
  const [first, ...others] = spellings.map((each) => {
    const { type, nullable } = readAnnotation(each);
    return { type, nullable };
  });
  for (const other of others) expect(other).toEqual(first);
  expect(first!.type.kind).not.toBe('unknown');
});

it('what is no field, and what may be left out of a TypedDict', () => {
  expect(readAnnotation('ClassVar[int]').isClass).toBe(true);
  expect(readAnnotation('NotRequired[int | None]')).toEqual({
    type: { kind: 'primitive', name: 'integer' },
    nullable: true,
    isClass: false,
    required: false,
  });
});

it.each(['', '[', 'list[', 'a | ', 'x[y](z', '"', '...', '3', 'lambda: 0', ')]}', '|||', 'Callable[[int], str]'])(
  'reads %j without understanding it',
  (text) => {
    expect(['any', 'unknown', 'named', 'many', 'union']).toContain(readAnnotation(text).type.kind);
  },
);
