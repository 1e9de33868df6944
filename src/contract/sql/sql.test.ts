import { expect, it } from 'vitest';
import { sourceTree } from '../../../test/rig/source-tree.ts';
import { parseShapes } from '../types/parse-shapes.ts';
import { checkSql } from './check.ts';
import { readSql } from './read.ts';

const CONTRACT = `-- What all tasks agree on; a ; in a comment ends nothing.
CREATE TYPE item_status AS ENUM ('open', 'done');
CREATE TABLE IF NOT EXISTS public.items (
  id SERIAL PRIMARY KEY,
  title VARCHAR(200) NOT NULL,
  price NUMERIC(9, 2) NOT NULL,
  status item_status NOT NULL DEFAULT 'open',
  note TEXT, /* may be (left out */
  tags TEXT[] NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
  owner_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  CONSTRAINT priced CHECK (price > 0),
  UNIQUE (title, owner_id)
);
CREATE TABLE memberships (user_id INT, team_id INT, PRIMARY KEY (user_id, team_id));
CREATE INDEX items_title ON items (title);
`;

const MIGRATIONS = {
  'db/migrations/001_init.up.sql': `BEGIN;
create type ITEM_STATUS as enum ('done', 'open');
create table "items" (
  "id" bigserial, "title" text not null default ';', "status" item_status default 'open' not null,
  note varchar(10) not null,
  old int,
  primary key ("id")
);
INSERT INTO items (title) VALUES ('create table nonsense (x int);');
CREATE FUNCTION f() RETURNS int AS $$ BEGIN; CREATE TABLE inner_table (x int); END $$;
COMMIT;`,
  'db/migrations/001_init.down.sql': 'DROP TABLE items;',
  'db/migrations/002_more.sql': `ALTER TABLE items
  ADD COLUMN IF NOT EXISTS price DECIMAL NOT NULL,
  ADD tags text[] not null, DROP COLUMN old,
  ALTER COLUMN note DROP NOT NULL;
ALTER TABLE public.items ADD COLUMN made TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP;
ALTER TABLE items RENAME COLUMN made TO created_at;
ALTER TABLE items ADD COLUMN owner_id bigint not null, ADD CONSTRAINT owned FOREIGN KEY (owner_id) REFERENCES users (id);
CREATE TABLE memberships (team_id int not null, user_id int not null);`,
};

const MODELS = {
  'shop/models.py': `from django.db import models
class Item(models.Model):
    class Status(models.TextChoices):
        OPEN = "open"
        DONE = "done"
    title = models.CharField(max_length=200)
    price = models.DecimalField(max_digits=9, decimal_places=2)
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.OPEN)
    note = models.TextField(null=True)
    tags = ArrayField(models.TextField())
    created_at = models.DateTimeField(auto_now_add=True)
    owner = models.ForeignKey("users.User", on_delete=models.CASCADE)
`,
  'app/tables.py': `class Membership(Base):
    __tablename__ = "memberships"
    user_id: Mapped[int] = mapped_column(primary_key=True)
    team_id = Column(Integer, primary_key=True)
class Items:
    """No table at all."""
`,
};

function check(files: Record<string, string>, text = CONTRACT) {
  return checkSql({ path: 'contracts/tables.sql', text }, sourceTree(files), {
    complete: true,
    readShapes: parseShapes,
  });
}

it.each([
  ['migrations', MIGRATIONS],
  ['models', MODELS],
])('is met by %s that say the same otherwise', async (_what, files) => {
  const { outcome, findings } = await check(files);
  expect(findings).toEqual([]);
  expect(outcome).toBe('met');
});

const INIT = 'db/migrations/001_init.up.sql';
const MORE = 'db/migrations/002_more.sql';
const SHOP = 'shop/models.py';

it.each([
  ['renamed column', MIGRATIONS, INIT, '"title"', '"name"', 'missing-field', 'items.title is missing', [5, 3]],
  [
    'column never added',
    MIGRATIONS,
    MORE,
    'ADD tags text[] not null,',
    '',
    'missing-field',
    'items.tags is missing',
    [9, 3],
  ],
  [
    'column dropped',
    MIGRATIONS,
    MORE,
    'DROP COLUMN old',
    'DROP COLUMN title',
    'missing-field',
    'items.title is missing',
    [5, 3],
  ],
  [
    'other type',
    MIGRATIONS,
    INIT,
    '"title" text',
    '"title" int',
    'wrong-type',
    'items.title is int, the contract says VARCHAR(200)',
    [5, 4],
  ],
  [
    'other type of a later migration',
    MIGRATIONS,
    MORE,
    'price DECIMAL',
    'price float',
    'wrong-type',
    'items.price is float',
    [6, 2],
  ],
  [
    'type changed later',
    MIGRATIONS,
    MORE,
    'DROP COLUMN old,',
    'ALTER COLUMN title TYPE int,',
    'wrong-type',
    'items.title is int',
    [5, 3],
  ],
  [
    'no array',
    MIGRATIONS,
    MORE,
    'tags text[]',
    'tags text',
    'wrong-type',
    'items.tags is text, the contract says TEXT[]',
    [9, 3],
  ],
  [
    'null',
    MIGRATIONS,
    MORE,
    'price DECIMAL NOT NULL',
    'price DECIMAL',
    'wrong-optional',
    'items.price may be null',
    [6, 2],
  ],
  [
    'never null',
    MIGRATIONS,
    MORE,
    ',\n  ALTER COLUMN note DROP NOT NULL',
    '',
    'wrong-optional',
    'items.note is never null',
    [8, 5],
  ],
  [
    'default lost',
    MIGRATIONS,
    INIT,
    "item_status default 'open'",
    'item_status',
    'wrong-optional',
    'items.status must be given',
    [7, 4],
  ],
  [
    'value removed',
    MIGRATIONS,
    INIT,
    "('done', 'open')",
    "('open')",
    'missing-value',
    'item_status has no "done"',
    [2, 2],
  ],
  [
    'value added',
    MIGRATIONS,
    INIT,
    "('done', 'open')",
    "('open', 'done', 'lost')",
    'extra-value',
    'item_status has "lost"',
    [2, 2],
  ],
  [
    'model: other type',
    MODELS,
    SHOP,
    'models.DecimalField(max_digits=9, decimal_places=2)',
    'models.FloatField()',
    'wrong-type',
    'items.price is FloatField',
    [6, 7],
  ],
  ['model: renamed', MODELS, SHOP, 'owner =', 'holder =', 'missing-field', 'items.owner_id is missing', [11, 2]],
  [
    'model: null',
    MODELS,
    SHOP,
    'models.TextField(null=True)',
    'models.IntegerField(null=True)',
    'wrong-type',
    'items.note is IntegerField(null=True)',
    [8, 9],
  ],
  [
    'model: value removed',
    MODELS,
    SHOP,
    '        DONE = "done"\n',
    '',
    'wrong-type',
    'items.status is CharField',
    [7, 7],
  ],
] as const)(
  '%s is an error, with its place on both sides',
  async (_what, files, path, from, to, code, message, lines) => {
    const before = (files as Record<string, string>)[path]!;
    const text = before.replace(from, to);
    expect(text).not.toBe(before);
    const { outcome, findings } = await check({ ...files, [path]: text });
    const errors = findings.filter(({ level }) => level === 'error');
    expect(errors.map((each) => each.message)).toEqual([expect.stringContaining(message)]);
    expect(errors[0]).toMatchObject({
      code,
      basis: 'advisory',
      contract: { file: 'contracts/tables.sql', line: lines[0] },
      at: { line: lines[1] },
    });
    expect(Object.keys(files)).toContain(errors[0]!.at!.file);
    expect(outcome).toBe('broken');
  },
);

it('a table that nothing makes is no pass; a column too many is told', async () => {
  const { [INIT]: _, ...rest } = MIGRATIONS;
  expect(await check(rest)).toMatchObject({ outcome: 'not-checked', findings: [{ code: 'missing-type' }] });
  expect(await check({})).toMatchObject({ outcome: 'not-checked' });
  expect(await check({}, 'SELECT 1;')).toMatchObject({ outcome: 'not-checked', why: 'it creates no table' });
  const more = {
    ...MIGRATIONS,
    [MORE]: MIGRATIONS[MORE].replace(', DROP COLUMN old', ', ADD COLUMN x int, ADD y int not null'),
  };
  expect((await check(more)).findings.map(({ level, message }) => [level, message])).toEqual([
    ['note', 'items.old is not in the contract'],
    ['note', 'items.x is not in the contract'],
    ['warning', 'items.y is not in the contract'],
  ]);
});

it('the findings of a table are of the file that has the column', async () => {
  const { findings } = await check({ ...MIGRATIONS, [MORE]: MIGRATIONS[MORE].replace('price DECIMAL', 'price float') });
  expect(findings[0]!.at).toEqual({ file: MORE, line: 2 });
});

it.each([
  '',
  ';;;',
  'CREATE TABLE',
  'CREATE TABLE (',
  'CREATE TABLE x',
  'CREATE TABLE x ()',
  'CREATE TABLE x AS SELECT (1)',
  "CREATE TYPE x AS ENUM ('a'",
  '))) ; (((',
  "'",
  '$$',
  'ALTER TABLE',
  'ALTER TABLE x ADD',
  'DROP TABLE',
])('reads %j without a table', (sql) => {
  expect([...readSql(sql).values()].flatMap(({ fields }) => fields)).toEqual([]);
});

it('reads what MySQL and SQLite write', () => {
  const tables = readSql(`CREATE TABLE \`t\` (
    \`id\` int unsigned NOT NULL AUTO_INCREMENT COMMENT 'a, b', # the key
    [kind] ENUM('a', 'it''s') NOT NULL,
    flag TINYINT(1) DEFAULT 0,
    level INTEGER NOT NULL CHECK (level IN (1, 2)),
    KEY k (id), PRIMARY KEY (\`id\`)
  ) ENGINE=InnoDB;`);
  expect(
    tables.get('t')!.fields.map(({ name, line, type, nullable, presence }) => [name, line, type, nullable, presence]),
  ).toEqual([
    ['id', 2, { kind: 'primitive', name: 'integer' }, false, 'default'],
    [
      'kind',
      3,
      {
        kind: 'either',
        of: [
          { kind: 'values', values: ['"a"', '"it\'s"'] },
          { kind: 'primitive', name: 'string' },
        ],
      },
      false,
      'required',
    ],
    ['flag', 4, { kind: 'primitive', name: 'boolean' }, true, 'default'],
    [
      'level',
      5,
      {
        kind: 'either',
        of: [
          { kind: 'primitive', name: 'integer' },
          { kind: 'values', values: ['1', '2'] },
        ],
      },
      false,
      'required',
    ],
  ]);
});
