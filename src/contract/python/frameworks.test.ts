import { expect, it } from 'vitest';
import { sourceTree } from '../../../test/rig/source-tree.ts';
import { parseShapes } from '../types/parse-shapes.ts';
import { checkPython } from './check.ts';

const CONTRACT = `class Status(str, Enum):
    OPEN = "open"
    DONE = "done"

@dataclass
class Item:
    id: int
    title: str
    price: Decimal
    status: Status
    tags: list[str]
    created_at: datetime
    owner_id: int
    note: Optional[str] = None
`;

const DJANGO = `from django.db import models
class Status(models.TextChoices):
    OPEN = "open", _("Open")
    DONE = "done", _("Done")
class Item(models.Model):
    title = models.CharField(max_length=50)
    price = models.DecimalField(max_digits=9, decimal_places=2)
    status = models.CharField(max_length=9, choices=Status.choices)
    tags = ArrayField(models.CharField(max_length=9), default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    owner = models.ForeignKey("users.User", on_delete=models.CASCADE)
    note = models.TextField(null=True, blank=True)
    objects = ItemManager()
    class Meta:
        ordering = ["title"]
    def __str__(self):
        return self.title
`;

const SQLALCHEMY = `class Status(enum.Enum):
    OPEN = "open"
    DONE = "done"
class Item(Base):
    __tablename__ = "items"
    id = Column(Integer, primary_key=True)
    title = Column(String(50), nullable=False)
    price = Column(Numeric(9, 2), nullable=False)
    status = Column(Enum(Status), nullable=False)
    tags = Column(ARRAY(String), nullable=False)
    created_at = Column(DateTime, nullable=False, server_default=func.now())
    owner_id = Column("owner", ForeignKey("users.id"), nullable=False)
    note = Column(Text)
    owner = relationship("User")
`;

const MAPPED = `class Status(enum.Enum):
    OPEN = "open"
    DONE = "done"
class Item(Base):
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    price: Mapped[Decimal] = mapped_column(Numeric(9, 2))
    status: Mapped[Status]
    tags: Mapped[list[str]]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    note: Mapped[str | None]
`;

const ATTRS = `Status = Literal["done", "open"]
@define
class Item:
    id: int
    title: str = field(validator=instance_of(str))
    price = attr.ib(type=Decimal)
    status: Status
    tags: List[str] = field()
    created_at: datetime
    owner_id: int
    note: Optional[str] = field(default=None)
`;

const TYPED_DICT = `class Status(StrEnum):
    OPEN = auto()
    DONE = auto()
class Item(NamedTuple):
    id: int
    title: str
    price: Decimal
    status: Status
    tags: List[str]
    created_at: datetime
    owner_id: int
    note: str | None = None
`;

function check(text: string, contract = CONTRACT) {
  const tree = sourceTree({ 'app/models.py': text });
  return checkPython({ path: 'contracts/types.py', text: contract }, tree, {
    complete: true,
    isOwn: () => false,
    readShapes: parseShapes,
  });
}

it.each([
  ['Django', DJANGO],
  ['SQLAlchemy, columns', SQLALCHEMY],
  ['SQLAlchemy, mapped', MAPPED],
  ['attrs', ATTRS],
  ['a named tuple', TYPED_DICT],
])('%s meets it', async (_what, text) => {
  expect(await check(text)).toMatchObject({ outcome: 'met', findings: [] });
});

it.each([
  [
    'DJANGO',
    'models.CharField(max_length=50)',
    'models.IntegerField()',
    'Item.title is IntegerField, the contract says str',
  ],
  ['DJANGO', 'title = models', 'name = models', 'Item.title is missing'],
  ['DJANGO', 'models.CharField(max_length=50)', 'models.CharField(max_length=50, null=True)', 'Item.title may be null'],
  ['DJANGO', 'null=True, blank=True', 'default="x"', 'Item.note is never null'],
  ['DJANGO', 'models.DecimalField(max_digits=9, decimal_places=2)', 'models.FloatField()', 'Item.price is FloatField'],
  [
    'DJANGO',
    'ArrayField(models.CharField(max_length=9)',
    'ArrayField(models.IntegerField()',
    'Item.tags is ArrayField',
  ],
  ['DJANGO', 'choices=Status.choices', 'choices=[("open", "O"), ("shut", "S")]', 'Item.status is CharField'],
  [
    'DJANGO',
    '    title =',
    '    id = models.UUIDField(primary_key=True)\n    title =',
    'Item.id is UUIDField, the contract says int',
  ],
  ['DJANGO', 'DONE = "done"', 'DONE = "closed"', 'Status has no "done"'],
  ['DJANGO', 'owner =', 'holder =', 'Item.owner_id is missing'],
  ['SQLALCHEMY', 'Column(String(50), nullable=False)', 'Column(String(50))', 'Item.title may be null'],
  ['SQLALCHEMY', 'Numeric(9, 2)', 'Integer', 'Item.price is Column(Integer)'],
  ['SQLALCHEMY', 'Enum(Status)', 'Enum("open", "shut")', 'Item.status is Column(Enum("open", "shut"))'],
  ['MAPPED', 'Mapped[str | None]', 'Mapped[str]', 'Item.note is never null'],
  ['MAPPED', 'Mapped[list[str]]', 'Mapped[list[int]]', 'Item.tags is Mapped[list[int]]'],
  ['ATTRS', 'type=Decimal', 'type=float', 'Item.price is float, the contract says Decimal'],
  ['ATTRS', '"done", "open"', '"open"', 'Status has no "done"'],
  ['ATTRS', 'field(default=None)', 'field()', 'Item.note must be given'],
  ['TYPED_DICT', 'owner_id: int', 'owner_id: str', 'Item.owner_id is str, the contract says int'],
] as const)('%s: %j done as %j: %j', async (name, from, to, message) => {
  const text = { DJANGO, SQLALCHEMY, MAPPED, ATTRS, TYPED_DICT }[name];
  const changed = text.replace(from, to);
  expect(changed).not.toBe(text);
  const { findings, outcome } = await check(changed);
  const errors = findings.filter(({ level }) => level === 'error');
  expect(errors.map((each) => each.message)).toEqual(expect.arrayContaining([expect.stringContaining(message)]));
  expect(outcome).toBe('broken');
});
