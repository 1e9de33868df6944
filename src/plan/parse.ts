import { checkContracts } from './contracts.ts';
import { checkExistence } from './existence.ts';
import { collectFindings, type Findings, inReadingOrder } from './findings.ts';
import { checkCycles, checkWaves, inDependencyOrder, orderedBy } from './graph.ts';
import { MANIFEST, type Manifest, readManifest } from './manifest.ts';
import { checkContradictions, checkOwnerNotes } from './owners.ts';
import { checkOwnership } from './ownership.ts';
import type {
  ContractFile,
  Plan,
  PlanOptions,
  PlanResult,
  PlanSource,
  Task,
  TaskDirectories,
  TaskId,
  Wave,
} from './plan.ts';
import { type FindPrompt, promptFinder } from './prompt-lookup.ts';
import { follower, type Links, resolveReferences } from './references.ts';
import { drawRoster, type Member, type Roster } from './roster.ts';
import { unsafeRef, unsafeWord } from './safety.ts';
import { checkStated } from './stated.ts';
import { assignDirectories, checkShared } from './task-directories.ts';
import { readTaskFile, type TaskDraft } from './task-file.ts';
import { label, show } from './text.ts';

/**
 * Reads a plan folder's text as a plan and says everything that is wrong with it, at once. Never throws, whatever the
 * text; the plan is there whenever its tasks could be made out, and may run only when `ok`.
 */
export function parsePlan(source: PlanSource, options: PlanOptions = {}): PlanResult {
  const found = collectFindings();
  for (const { level, code, file, line, column, message, hint } of source.unreadable ?? []) {
    found[level](code, { file, line, column }, message, { hint });
  }
  checkName(source.name, found);
  const drafts = readDrafts(source, found);
  const text = source.files.get(MANIFEST);
  const manifest = text === undefined ? null : readManifest(text, found);
  const plan = assemble(source, { drafts, manifest, honorBlocks: options.honorBlocks ?? false, found });
  const diagnostics = inReadingOrder(found.list);
  if (plan && !diagnostics.some(({ level }) => level === 'error')) return { ok: true, plan, diagnostics };
  return { ok: false, plan, diagnostics };
}

interface Parts {
  drafts: readonly TaskDraft[];
  manifest: Manifest | null;
  honorBlocks: boolean;
  found: Findings;
}

function assemble(source: PlanSource, { drafts, manifest, honorBlocks, found }: Parts): Plan | null {
  const findPrompt = promptFinder(source.files);
  const roster = drawRoster(drafts, manifest, { found, findPrompt });
  if (roster.members.length === 0) {
    if (found.list.some(({ level }) => level === 'error')) return null;
    found.error('no-tasks', { file: manifest ? MANIFEST : 'tasks/' }, 'the plan has no tasks', {
      hint: 'write one file a task: tasks/task-001-users.md',
    });
    return null;
  }
  const links = resolveReferences(roster, { honorBlocks, found });
  deriveWaves(roster, links, found);
  const directories = assignDirectories(manifest?.directories ?? [], { follow: follower(roster, found), found });
  const tasks = roster.members
    .map((member) => taskOf(member, { links, waves: roster.waves, directories, findPrompt, found }))
    .sort(byWaveAndId);
  const waves = wavesOf(tasks, roster, found);
  checkAll({ source, roster, links, tasks, waves, found, manifest });
  return {
    name: source.name,
    title: label([manifest?.title, manifest?.name], source.name),
    variant: manifest?.variant ?? 'M0',
    ...optional({ techSpec: manifest?.techSpec ?? common(tasks.map(({ techSpec }) => techSpec)) }),
    ...optional({ prd: manifest?.prd, technology: manifest?.technology, pattern: manifest?.pattern }),
    tasks,
    waves,
    dependencies: manifest?.dependencies ?? [],
    context: source.files.get('context.md') ?? '',
    contracts: contractFiles(source),
  };
}

interface Assembled {
  source: PlanSource;
  roster: Roster;
  links: Map<TaskId, Links>;
  tasks: Task[];
  waves: Wave[];
  manifest: Manifest | null;
  found: Findings;
}

function checkAll({ source, roster, links, tasks, waves, manifest, found }: Assembled): void {
  const waveNumbers = new Map(tasks.map(({ id, wave }) => [id, wave]));
  checkWaves(links, (id) => waveNumbers.get(id)!, found);
  const sound = checkCycles(links, found);
  const ordered = orderedBy(links);
  checkOwnership(tasks, { found, ordered });
  checkContradictions(tasks, found);
  checkOwnerNotes(tasks, roster.resolve, found);
  const written = new Map(roster.members.flatMap(({ id, draft }) => (draft ? [[id, draft.contracts] as const] : [])));
  checkContracts(tasks, { source, found, ordered, written });
  if (source.repositoryHas) checkExistence(tasks, source.repositoryHas, found);
  for (const { draft, id } of roster.members) if (draft) checkScope(id, draft, found);
  if (sound && manifest) {
    checkShared(tasks, manifest.pattern, found);
    checkStated(manifest, { links, waveSizes: waves.map((wave) => wave.tasks.length), resolve: roster.resolve, found });
  }
}

function checkScope(id: TaskId, { file, hasBoundary, scope }: TaskDraft, found: Findings): void {
  if (!hasBoundary) {
    found.warning('no-boundary', { file }, `${id} has no BOUNDARY`, {
      hint: 'name what it must not touch, such as the folders of other tasks: BOUNDARY: apps/orders/*',
    });
  }
  if (scope.create.length + scope.modify.length === 0) {
    found.note('no-scope', { file }, `${id} may neither create nor modify anything`);
  }
}

function checkName(name: string, found: Findings): void {
  const reason = unsafeRef(name);
  if (reason === null) return;
  found.error(
    'unsafe-name',
    { file: MANIFEST },
    `the name of the plan folder, ${show(name)}, ${reason}: it becomes the branch copse/<name>`,
    {
      hint: 'rename the folder, like TS-0042-inventory-system',
    },
  );
}

function readDrafts({ files }: PlanSource, found: Findings): TaskDraft[] {
  const paths = [...files.keys()].filter(
    (path) => /^tasks\/[^/]+\.md$/i.test(path) && !/^tasks\/readme\.md$/i.test(path),
  );
  return paths.sort().map((path) => readTaskFile(path, files.get(path)!, found));
}

/** A task that gives no wave comes right after its dependencies. */
function deriveWaves({ members }: Roster, links: Map<TaskId, Links>, found: Findings): void {
  if (members.every(({ wave }) => wave !== undefined)) return;
  const byId = new Map(members.map((member) => [member.id, member]));
  for (const id of inDependencyOrder(links)) {
    const member = byId.get(id)!;
    if (member.wave !== undefined) continue;
    member.wave = 1 + Math.max(0, ...links.get(id)!.deps.map((dep) => byId.get(dep.id)?.wave ?? 0));
    found.note('wave-derived', member.at, `${id} names no wave; by its deps it is in wave ${member.wave}`);
  }
  for (const member of members) member.wave ??= 1; // in a cycle, which is an error of its own
}

interface Making {
  links: Map<TaskId, Links>;
  waves: Roster['waves'];
  directories: ReadonlyMap<TaskId, TaskDirectories>;
  findPrompt: FindPrompt;
  found: Findings;
}

function taskOf(member: Member, { links, waves, directories, findPrompt, found }: Making): Task {
  const { id, draft, entry } = member;
  const { deps, blocks, conflicts } = links.get(id)!;
  const names = [id, entry?.id.value, draft?.stem].filter((name) => name !== undefined);
  const wave = waves.get(member.wave!);
  const agent = entry?.agent ?? draft?.agent?.value ?? wave?.agent;
  if (entry?.agent && draft?.agent && draft.agent.value !== entry.agent) {
    const { line, column } = draft.agent;
    const text = `${id} names the agent ${show(draft.agent.value)} here, ${show(entry.agent)} in the manifest; the manifest counts`;
    found.note('agent-mismatch', { file: draft.file, line, column }, text);
  }
  const task: Task = {
    id,
    title: label([entry?.title, draft?.title, draft?.component, entry?.component], id),
    wave: member.wave!,
    deps: deps.map((dep) => dep.id),
    blocks: blocks.map((block) => block.id),
    conflicts,
    skills: draft?.skills ?? [],
    contracts: (draft?.contracts ?? []).map(({ value }) => value),
    scope: draft?.scope ?? { create: [], modify: [], boundary: [], prose: [] },
    objective: draft?.objective ?? '',
    requirements: draft?.requirements ?? '',
    checklist: draft?.checklist ?? '',
    outputFormat: draft?.outputFormat ?? '',
    notes: draft?.notes ?? '',
    file: draft?.file ?? MANIFEST,
  };
  const component = draft?.component ?? entry?.component;
  const model = draft?.model?.value ?? entry?.model ?? wave?.model;
  const prompt = findPrompt({ promptFile: entry?.promptFile, names }, found);
  checkWords(member, { agent, model }, found);
  if (component !== undefined) task.component = component;
  if (agent !== undefined) task.agent = agent;
  if (model !== undefined) task.model = model;
  if (draft?.techSpec !== undefined) task.techSpec = draft.techSpec;
  if (prompt !== undefined) task.prompt = prompt;
  if (directories.has(id)) task.directories = directories.get(id)!;
  return task;
}

/** They become arguments of an agent: what no program can be given is an error, not a broken start. */
function checkWords(
  { draft, at }: Member,
  words: { agent?: string | undefined; model?: string | undefined },
  found: Findings,
): void {
  for (const name of ['agent', 'model'] as const) {
    const reason = unsafeWord(words[name] ?? '');
    const written = draft?.[name];
    const place = written?.value === words[name] && draft && written ? { ...written, file: draft.file } : at;
    if (reason) found.error('unsafe-word', place, `the ${name} ${show(words[name]!)} ${reason}`);
  }
}

function wavesOf(tasks: readonly Task[], { waves }: Roster, found: Findings): Wave[] {
  const members = new Map<number, Task[]>();
  for (const task of tasks) {
    if (members.has(task.wave)) members.get(task.wave)!.push(task);
    else members.set(task.wave, [task]);
  }
  const numbers = [...members.keys()].sort((a, b) => a - b);
  if (numbers.some((number, index) => number !== index + 1)) {
    const first = tasks.find((task) => task.wave === numbers.find((number, index) => number !== index + 1))!;
    const at = waves.get(first.wave)?.at ?? { file: first.file };
    found.warning('wave-numbers', at, `the waves are ${numbers.slice(0, 20).join(', ')}, not 1 to ${numbers.length}`);
  }
  return numbers.map((number) => {
    const { name, validation } = waves.get(number) ?? {};
    return {
      number,
      ...(name !== undefined && { name: label([name], `wave ${number}`) }),
      tasks: members.get(number)!.map(({ id }) => id),
      ...optional({ validation }),
    };
  });
}

function contractFiles({ files }: PlanSource): ContractFile[] {
  const paths = [...files.keys()].filter((path) => /^contracts\/(?!(?:.*\/)?\.\.(?:\/|$))/.test(path)).sort();
  return paths.map((path) => ({ path, text: files.get(path)! }));
}

function byWaveAndId(a: Task, b: Task): number {
  return a.wave - b.wave || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** The one value that all tasks with a value agree on. */
function common(values: readonly (string | undefined)[]): string | undefined {
  const known = new Set(values.filter((value) => value !== undefined));
  return known.size === 1 ? [...known][0] : undefined;
}

/** Leaves out what is undefined, as optional properties are to be absent. */
function optional<T extends Record<string, unknown>>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
