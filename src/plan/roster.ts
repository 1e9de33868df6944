import type { Findings } from './findings.ts';
import { type Named, type Resolve, resolver } from './ids.ts';
import { MANIFEST, type Manifest, type ManifestTask } from './manifest.ts';
import type { TaskId, Validation } from './plan.ts';
import type { FindPrompt } from './prompt-lookup.ts';
import { collisionKey, unsafeId } from './safety.ts';
import type { TaskDraft } from './task-file.ts';
import { type Located, type Place, show } from './text.ts';
import { detectValidation, provesNothing } from './validation.ts';

/** A task of the plan: its file, its line in the manifest, or both. */
export interface Member {
  id: TaskId;
  at: Place & { file: string };
  /** Undefined until it is derived from dependencies. */
  wave: number | undefined;
  draft: TaskDraft | undefined;
  entry: ManifestTask | undefined;
}

export interface Roster {
  members: Member[];
  resolve: Resolve;
  /** Names in the manifest that are not the ids themselves: noted there, not again at every use. */
  aliases: ReadonlySet<string>;
  /** Ids of task files that the manifest leaves out. */
  left: ReadonlySet<TaskId>;
  /** By wave number, from the manifest. */
  waves: Map<number, RosterWave>;
}

/** What the manifest says of a wave; agent and model are for its tasks that name none. */
export interface RosterWave {
  name: string | undefined;
  agent: string | undefined;
  model: string | undefined;
  validation: Validation | undefined;
  at: Place & { file: string };
}

/** Task files read, and who is known by which id: a file without an id goes by its name. */
interface Known {
  byId: Map<TaskId, Member>;
  resolve: Resolve;
}

/** Decides which tasks the plan has and in which wave: by the manifest's waves, else by the task files. */
export function drawRoster(
  drafts: readonly TaskDraft[],
  manifest: Manifest | null,
  { found, findPrompt }: { found: Findings; findPrompt: FindPrompt },
): Roster {
  const known = knownTasks(drafts, found);
  const waves: Roster['waves'] = new Map();
  const members = manifest?.waves
    ? fromWaves(manifest, known, { found, findPrompt, waves })
    : fromFiles(manifest, known, found);
  const ids = new Set(members.map(({ id }) => id));
  const left = new Set<TaskId>();
  for (const { id, at, draft } of known.byId.values()) {
    if (ids.has(id)) continue;
    left.add(id);
    found.warning('not-in-manifest', at, `${id} is not in the manifest, so it will not run`, {
      hint: manifest?.waves
        ? `add {"id": "${id}"} to a wave of ${MANIFEST}, or remove the file`
        : `add "${draft?.file}" to "tasks.files" of ${MANIFEST}, or remove the file`,
    });
  }
  collisions(members, found);
  const aliases = new Set(members.flatMap(({ id, entry }) => (entry && entry.id.value !== id ? [entry.id.value] : [])));
  return { members, resolve: resolver(members.map(namesOf)), aliases, left, waves };
}

function knownTasks(drafts: readonly TaskDraft[], found: Findings): Known {
  const byId = new Map<TaskId, Member>();
  for (const draft of drafts) {
    const member = memberOf(draft, found);
    const twin = byId.get(member.id);
    if (twin) {
      found.error('duplicate-id', member.at, `the id ${show(member.id)} is already that of ${twin.at.file}`);
    } else byId.set(member.id, member);
  }
  return { byId, resolve: resolver([...byId.values()].map(namesOf)) };
}

function memberOf(draft: TaskDraft, found: Findings): Member {
  const { line, column } = draft.id ?? { line: 1, column: 1 };
  const at = { file: draft.file, line, column };
  if (!draft.id) {
    found.error('missing-id', at, 'the task has no id', {
      hint: `begin the file with three lines: ---, id: ${draft.stem}, ---`,
    });
  }
  const id = draft.id?.value ?? draft.stem;
  checkId(id, at, found);
  return { id, at, wave: waveOf(draft.wave, draft.file, found), draft, entry: undefined };
}

function checkId(id: string, at: Place & { file: string }, found: Findings): void {
  const reason = unsafeId(id);
  if (reason === null) return;
  found.error('unsafe-id', at, `the id ${show(id)} ${reason}: it becomes a branch, a folder and a file name`, {
    hint: 'write it like task-001 or task-001-users',
  });
}

function waveOf(wave: Located<string> | undefined, file: string, found: Findings): number | undefined {
  if (!wave) return undefined;
  const number = /^\+?\d{1,6}$/.test(wave.value) ? Number(wave.value) : 0;
  if (number >= 1) return number;
  const { line, column } = wave;
  found.error('bad-wave', { file, line, column }, `the wave ${show(wave.value)} is no number from 1 on`);
  return undefined;
}

function fromFiles(manifest: Manifest | null, { byId, resolve }: Known, found: Findings): Member[] {
  const all = [...byId.values()];
  for (const { wave, tasks } of manifest?.executed ?? []) {
    for (const reference of tasks) {
      const resolved = resolve(reference);
      const member = 'id' in resolved ? byId.get(resolved.id) : undefined;
      if (member) member.wave ??= wave;
    }
  }
  if (!manifest?.files) return all;
  const byFile = new Map(all.map((member) => [member.draft!.file, member]));
  return manifest.files.flatMap(({ value, line, column }) => {
    const file = value.replace(/^\.\//, '');
    const member = byFile.get(file) ?? byFile.get(`tasks/${file}`);
    if (member) {
      byFile.delete(member.draft!.file);
      return [member];
    }
    const twice = all.some(({ draft }) => draft!.file === file || draft!.file === `tasks/${file}`);
    if (twice) found.warning('listed-twice', { file: MANIFEST, line, column }, `${show(value)} is listed twice`);
    else
      found.error('missing-task-file', { file: MANIFEST, line, column }, `the task file ${show(value)} is not there`);
    return [];
  });
}

interface Drawing {
  found: Findings;
  findPrompt: FindPrompt;
  waves: Roster['waves'];
}

function fromWaves(manifest: Manifest, known: Known, { found, findPrompt, waves }: Drawing): Member[] {
  const members = new Map<TaskId, Member>();
  for (const { number, name, tasks, agent, model, validation } of manifest.waves ?? []) {
    const at = { file: MANIFEST, line: number.line, column: number.column };
    if (number.value < 1) found.error('bad-wave', at, `wave ${number.value}: waves are numbered from 1 on`);
    if (waves.has(number.value)) found.error('duplicate-wave', at, `wave ${number.value} is there twice`);
    if (tasks.length === 0) found.warning('empty-wave', at, `wave ${number.value} has no tasks`);
    waves.set(number.value, { name, agent, model, validation: checkValidation(validation, found), at });
    for (const entry of tasks) {
      const member = enlist(entry, known, { found, findPrompt });
      const before = member && members.get(member.id);
      if (before) {
        const { line, column } = entry.id;
        const again = `${member.id} is already in wave ${before.wave}`;
        found.error('duplicate-task', { file: MANIFEST, line, column }, again);
      } else if (member) {
        if (member.wave !== undefined && member.wave !== number.value) disagree(member, number.value, found);
        members.set(member.id, { ...member, wave: number.value, entry });
      }
    }
  }
  return [...members.values()];
}

function disagree({ id, draft, wave }: Member, manifestWave: number, found: Findings): void {
  const { line, column } = draft!.wave!;
  found.warning(
    'wave-mismatch',
    { file: draft!.file, line, column },
    `${id} is in wave ${wave} here, in wave ${manifestWave} in the manifest; the manifest counts`,
  );
}

/** The task a line of the manifest means; one without a file can still run when it has a prompt. */
function enlist(
  entry: ManifestTask,
  { byId, resolve }: Known,
  { found, findPrompt }: Omit<Drawing, 'waves'>,
): Member | undefined {
  const { value, line, column } = entry.id;
  const at = { file: MANIFEST, line, column };
  const resolved = resolve(value);
  if (resolved.kind === 'ambiguous') {
    found.error('ambiguous-id', at, `${show(value)} may be any of ${resolved.candidates.join(', ')}`, {
      hint: 'write the whole id',
    });
    return undefined;
  }
  if (resolved.kind !== 'unknown') {
    const member = byId.get(resolved.id)!;
    if (resolved.kind === 'alias') {
      found.note('id-alias', at, `${value} is ${member.id} of ${member.draft!.file}`);
    }
    return member;
  }
  checkId(value, at, found);
  const prompt = findPrompt({ promptFile: entry.promptFile, names: [value] }, found);
  if (prompt) {
    found.warning(
      'no-task-file',
      at,
      `${value} has a prompt but no task file: nothing is known of its scope, and it waits for the wave before it`,
      {
        hint: `write tasks/${value}.md`,
      },
    );
  } else {
    const hint = resolved.near ? `did you mean ${resolved.near}?` : `write tasks/${value}.md`;
    found.error('missing-task', at, `${show(value)} has no file in tasks/ and no prompt`, { hint });
  }
  return { id: value, at, wave: undefined, draft: undefined, entry };
}

function checkValidation(validation: Located<string> | undefined, found: Findings): Validation | undefined {
  if (!validation) return undefined;
  const { value, line, column } = validation;
  const at = { file: MANIFEST, line, column };
  if (value.trim() === '') {
    found.note('empty-validation', at, 'the validation is empty: nothing is checked');
    return undefined;
  }
  if (value.includes('\0')) {
    found.error('unsafe-validation', at, 'the validation has a NUL character');
    return undefined;
  }
  const detected = detectValidation(value);
  const reason = provesNothing(detected);
  if (reason) {
    found.note('validation-proves-nothing', at, `the validation proves nothing: ${reason}`, {
      hint: 'run the tests of the wave, or import what its tasks create',
    });
  }
  return detected;
}

/** Some file systems fold case and composed letters: two such ids would be one branch and one folder. */
function collisions(members: readonly Member[], found: Findings): void {
  const seen = new Map<string, Member>();
  for (const member of members) {
    const key = collisionKey(member.id);
    const twin = seen.get(key);
    if (twin)
      found.error('id-collision', member.at, `the ids ${twin.id} and ${member.id} differ only in case or composition`);
    else seen.set(key, member);
  }
}

export function namesOf({ id, draft, entry }: Member): Named {
  const component = draft?.component ?? entry?.component;
  return { id, ...(draft ? { stem: draft.stem } : {}), ...(component ? { component } : {}) };
}
