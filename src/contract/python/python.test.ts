import { expect, it } from 'vitest';
import { sourceTree } from '../../../test/rig/source-tree.ts';
import { parseShapes } from '../types/parse-shapes.ts';
import { checkPython } from './check.ts';

const CONTRACT = `from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Optional, Protocol


class UserRole(str, Enum):
    ADMIN = "admin"
    USER = "user"


@dataclass
class User:
    id: int
    email: str
    role: UserRole
    created_at: datetime
    name: Optional[str] = None


@dataclass
class Order:
    id: int
    user: User
    lines: list["OrderLine"]


@dataclass
class OrderLine:
    sku: str
    quantity: int = 1


class OrderServiceContract(Protocol):
    limit: int

    def place(self, user: User, lines: list[OrderLine]) -> Order: ...
`;

/** The same, by another hand. */
const CLEAN = {
  'app/roles.py': `import enum
class UserRole(enum.StrEnum):
    USER = "user"  # in another order
    ADMIN = enum.auto()
`,
  'app/users.py': `from __future__ import annotations
import datetime
from typing import Union
from pydantic import BaseModel, EmailStr, Field
from .base import Record
from .roles import UserRole
class User(Record):
    """With what all records have."""
    email: EmailStr = Field(..., max_length=200)
    name: Union[str, None] = Field(default=None)
    role: UserRole
    created_at: "datetime.datetime"
`,
  'app/base.py': `from pydantic import BaseModel
class Record(BaseModel):
    id: int
`,
  'app/orders.py': `from typing import List, Sequence
from .users import User
class OrderLine(BaseModel):
    quantity: int = 1
    sku: str
class Order(BaseModel):
    id: int
    user: User
    lines: List[OrderLine]
    note: str = ""
class OrderService:
    def __init__(self, limit: int = 5) -> None:
        self.limit = limit
        self._seen = {}
    def place(self, user: User, lines: List[OrderLine], *, dry: bool = False) -> Order:
        ...
`,
};

type Files = Record<string, string>;

function check(files: Files, text = CONTRACT, complete = true) {
  const contract = { path: 'contracts/types.py', text };
  return checkPython(contract, sourceTree(files), { complete, isOwn: () => false, readShapes: parseShapes });
}

it('is met by code that says the same otherwise', async () => {
  const result = await check(CLEAN);
  expect(result.findings.filter(({ level }) => level !== 'note')).toEqual([]);
  expect(result.outcome).toBe('met');
  expect(result.findings).toMatchObject([{ code: 'extra-field', message: 'Order.note is not in the contract' }]);
});

/** One line of the clean code, done otherwise. */
const BREACHES: [what: string, file: string, from: string, to: string, code: string, message: string][] = [
  ['renamed field', 'app/users.py', 'email: EmailStr', 'mail: EmailStr', 'missing-field', 'User.email is missing'],
  [
    'other spelling',
    'app/users.py',
    'created_at:',
    'createdAt:',
    'missing-field',
    'User.created_at is missing; createdAt is there',
  ],
  [
    'other type',
    'app/users.py',
    'email: EmailStr',
    'email: int',
    'wrong-type',
    'User.email is int, the contract says str',
  ],
  ['other type of a base', 'app/base.py', 'id: int', 'id: str', 'wrong-type', 'User.id is str, the contract says int'],
  [
    'other date',
    'app/users.py',
    'datetime.datetime',
    'datetime.date',
    'wrong-type',
    'User.created_at is "datetime.date"',
  ],
  [
    'enum as a string',
    'app/users.py',
    'role: UserRole',
    'role: str',
    'wrong-type',
    'User.role is str, the contract says UserRole',
  ],
  ['never null', 'app/users.py', 'Union[str, None]', 'str', 'wrong-optional', 'User.name is never null (str)'],
  ['null', 'app/users.py', 'role: UserRole', 'role: UserRole | None', 'wrong-optional', 'User.role may be null'],
  ['must be given', 'app/users.py', 'Field(default=None)', 'Field(...)', 'wrong-optional', 'User.name must be given'],
  [
    'default lost',
    'app/orders.py',
    'quantity: int = 1',
    'quantity: int',
    'wrong-optional',
    'OrderLine.quantity must be given',
  ],
  [
    'no list',
    'app/orders.py',
    'lines: List[OrderLine]\n',
    'lines: OrderLine\n',
    'wrong-type',
    'Order.lines is OrderLine',
  ],
  [
    'list of others',
    'app/orders.py',
    'lines: List[OrderLine]\n',
    'lines: List[str]\n',
    'wrong-type',
    'Order.lines is List[str]',
  ],
  [
    'reference as an id',
    'app/orders.py',
    'user: User\n',
    'user: int\n',
    'wrong-type',
    'Order.user is int, the contract says User',
  ],
  ['value removed', 'app/roles.py', '    USER = "user"', '    #', 'missing-value', 'UserRole has no "user"'],
  ['value added', 'app/roles.py', '    ADMIN', '    ROOT = "root"\n    ADMIN', 'extra-value', 'UserRole has "root"'],
  ['value changed', 'app/roles.py', '"user"', '"member"', 'missing-value', 'UserRole has no "user"'],
  [
    'no enum',
    'app/roles.py',
    'class UserRole(enum.StrEnum)',
    'class UserRole',
    'wrong-kind',
    'UserRole is a set of values',
  ],
  [
    'method renamed',
    'app/orders.py',
    'def place',
    'def put',
    'missing-method',
    'OrderServiceContract.place is missing',
  ],
  [
    'parameter missing',
    'app/orders.py',
    ', lines: List[OrderLine], *',
    '',
    'wrong-parameters',
    'OrderServiceContract.place does not take lines',
  ],
  [
    'parameter added',
    'app/orders.py',
    ', *, dry: bool = False',
    ', dry: bool',
    'wrong-parameters',
    'OrderServiceContract.place needs dry',
  ],
  [
    'parameter of another type',
    'app/orders.py',
    'self, user: User',
    'self, user: str',
    'wrong-parameters',
    'takes user as another type',
  ],
  [
    'attribute missing',
    'app/orders.py',
    'self.limit =',
    'self.size =',
    'missing-field',
    'OrderServiceContract.limit is missing',
  ],
];

it.each(BREACHES)('%s is an error, with its place on both sides', async (_what, file, from, to, code, message) => {
  const text = CLEAN[file as keyof typeof CLEAN].replace(from, to);
  expect(text).not.toBe(CLEAN[file as keyof typeof CLEAN]);
  const result = await check({ ...CLEAN, [file]: text });
  expect(result.outcome).toBe('broken');
  const errors = result.findings.filter(({ level }) => level === 'error');
  const found = errors.find((each) => each.code === code && each.message.includes(message));
  expect(found, JSON.stringify(errors, null, 1)).toBeDefined();
  expect(found).toMatchObject({
    basis: 'advisory',
    contract: { file: 'contracts/types.py', line: expect.any(Number) },
  });
  expect(Object.keys(CLEAN)).toContain(found!.at?.file);
  expect(found!.at!.line).toBeGreaterThan(0);
});

it('a type that nothing implements is no pass', async () => {
  const { 'app/roles.py': _, ...rest } = CLEAN;
  const result = await check(rest);
  expect(result).toMatchObject({
    outcome: 'not-checked',
    why: '1 of 5 types are nowhere in the code: UserRole',
    findings: expect.arrayContaining([
      expect.objectContaining({
        code: 'missing-type',
        level: 'warning',
        contract: { file: 'contracts/types.py', line: 7 },
      }),
    ]),
  });
  expect(await check(rest, CONTRACT, false)).toMatchObject({ outcome: 'met' });
  expect(await check({ 'app/x.py': 'x = 1' })).toMatchObject({ outcome: 'not-checked' });
});

it('an enum with other names for its values is a warning', async () => {
  const roles = CLEAN['app/roles.py'].replace('USER =', 'MEMBER =');
  expect(await check({ ...CLEAN, 'app/roles.py': roles })).toMatchObject({
    outcome: 'met',
    findings: expect.arrayContaining([
      expect.objectContaining({ code: 'other-name', level: 'warning', message: 'UserRole.USER is called MEMBER' }),
    ]),
  });
});

it('what does not parse is no pass', async () => {
  const broken = { ...CLEAN, 'app/users.py': `${CLEAN['app/users.py']}\n    def f(self:\n` };
  expect(await check(broken)).toMatchObject({ outcome: 'not-checked', why: 'app/users.py holds what is no Python' });
  const contract = 'contracts/types.py holds what is no Python';
  expect(await check(CLEAN, `${CONTRACT}\nclass X(:\n`)).toMatchObject({ outcome: 'not-checked', why: contract });
  expect(await check(CLEAN, 'LIMIT = 3\n')).toMatchObject({ outcome: 'not-checked', why: 'it declares no type' });
});

it('a contract may import from another one', async () => {
  const siblings = [{ path: 'contracts/base.py', text: 'class Base:\n    id: int\nclass Kind(Enum):\n    A = "a"\n' }];
  const text = 'from .base import Base, Kind\nclass Thing(Base):\n    kind: Kind\n';
  const thing = (code: string) =>
    checkPython({ path: 'contracts/types.py', text }, sourceTree({ 'a.py': code }), {
      complete: true,
      siblings,
      readShapes: parseShapes,
    });
  expect(await thing('class Thing:\n    id: int\n    kind: Literal["a"]\n')).toMatchObject({
    outcome: 'met',
    findings: [],
  });
  expect(await thing('class Thing:\n    kind: Literal["b"]\n')).toMatchObject({
    findings: [{ message: 'Thing.kind is Literal["b"], the contract says Kind' }, { message: 'Thing.id is missing' }],
  });
});

it('bases are found through packages and asterisks; one of a library may have what is missing', async () => {
  const text = 'class Thing:\n    id: int\n    name: str\n';
  const thing = (base: string) => ({
    'app/models/__init__.py':
      'from .features import *\nfrom app.models.more import (\n    Named as Called,  # for short\n)\n',
    'app/models/features.py': 'class Numbered(Model):\n    id: int\n',
    'app/models/more.py': 'from .features import Numbered\nclass Named(Numbered):\n    name: str\n',
    'app/thing.py': `from app.models import Called, Numbered\nfrom library import Other\nclass Thing(${base}): ...\n`,
  });
  expect(await check(thing('Called'), text)).toMatchObject({ outcome: 'met', findings: [] });
  expect(await check(thing('Numbered'), text)).toMatchObject({
    outcome: 'broken',
    findings: [{ message: 'Thing.name is missing' }],
  });
  const why = 'Thing.name is not seen; Other may have it';
  expect(await check(thing('Numbered, Other'), text)).toMatchObject({
    outcome: 'not-checked',
    why,
    findings: [{ level: 'warning' }],
  });
});

it('tells the lines', async () => {
  const result = await check({
    ...CLEAN,
    'app/users.py': CLEAN['app/users.py'].replace('email: EmailStr', 'email: int'),
  });
  expect(result.findings).toContainEqual({
    code: 'wrong-type',
    level: 'error',
    basis: 'advisory',
    contract: { file: 'contracts/types.py', line: 15 },
    at: { file: 'app/users.py', line: 9 },
    message: 'User.email is int, the contract says str',
  });
});
