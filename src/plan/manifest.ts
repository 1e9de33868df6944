import type { PatternChoice } from '../run/pattern.ts';
import { readDependencies } from './dependencies.ts';
import type { Findings } from './findings.ts';
import { type JsonFields, jsonFields } from './json-fields.ts';
import { type JsonNode, parseJson } from './json-text.ts';
import type { DependencyStep, Plan } from './plan.ts';
import { readDirectories, type StatedDirectories } from './stated-directories.ts';
import { type Located, normalise, placesOf, show } from './text.ts';

export const MANIFEST = 'manifest.json';

/** No plan has as many; what is beyond them is not read. */
const MAX_WAVES = 10_000;
const MAX_REPEATED = 100;

/** manifest.json as written; references are not resolved. */
export interface Manifest {
  variant: Plan['variant'];
  title: string | undefined;
  name: string | undefined;
  techSpec: string | undefined;
  prd: string | undefined;
  technology: string | undefined;
  pattern: PatternChoice | undefined;
  directories: StatedDirectories[];
  /** Undefined when waves come from front matter (M1). */
  waves: ManifestWave[] | undefined;
  /** `tasks.files` of M1. */
  files: Located<string>[] | undefined;
  /** `execution.waves` of M1x: a wave for tasks whose file does not say. */
  executed: { wave: number; tasks: string[] }[];
  dependencies: DependencyStep[];
  /** What the manifest says about itself; recomputed, a difference is noted. */
  stated: {
    tasks: Located<number> | undefined;
    waves: Located<number> | undefined;
    maxParallel: Located<number> | undefined;
    criticalPath: Located<string>[] | undefined;
  };
}

export interface ManifestWave {
  number: Located<number>;
  name: string | undefined;
  tasks: ManifestTask[];
  /** For its tasks that name none. */
  agent: string | undefined;
  model: string | undefined;
  validation: Located<string> | undefined;
}

export interface ManifestTask {
  id: Located<string>;
  title: string | undefined;
  component: string | undefined;
  agent: string | undefined;
  model: string | undefined;
  promptFile: Located<string> | undefined;
  deps: Located<string>[] | undefined;
  conflicts: Located<string>[] | undefined;
}

/** Reads any documented manifest; null when it is no JSON object, which is reported with its position. */
export function readManifest(source: string, found: Findings): Manifest | null {
  const text = normalise(source);
  const places = placesOf(text);
  const parsed = parseJson(text);
  if (!parsed.ok) {
    found.error('manifest-not-json', { file: MANIFEST, ...places(parsed.offset) }, parsed.message);
    return null;
  }
  const root = parsed.root;
  const fields = jsonFields(MANIFEST, places, found);
  if (root.kind !== 'object') {
    found.error('manifest-not-object', fields.at(root), 'the manifest is to be one JSON object');
    return null;
  }
  for (const again of parsed.repeated.slice(0, MAX_REPEATED)) {
    found.warning(
      'repeated-key',
      { file: MANIFEST, ...places(again.keyStart) },
      `the key ${show(again.key)} is there twice; the last one counts`,
    );
  }
  const waves = fields.list(root, 'waves') && readWaves(root, fields, found);
  return {
    variant: variantOf(root, fields),
    ...describe(root, fields),
    pattern: readPattern(root, fields, found),
    directories: readDirectories(root, { fields, places, found }),
    waves,
    ...readM1(root, waves === undefined, fields),
    dependencies: readDependencies(root, fields, found),
    stated: readStated(root, fields),
  };
}

function describe(root: JsonNode, fields: JsonFields) {
  const metadata = fields.object(root, 'metadata');
  const spec = fields.get(root, 'tech_spec');
  const specObject = spec?.kind === 'object' ? spec : undefined;
  const sources = fields.get(root, 'sources') ?? fields.get(metadata, 'sources');
  const sourcesObject = sources?.kind === 'object' ? sources : undefined;
  return {
    title: (fields.string(root, 'title') ?? fields.string(specObject, 'title'))?.value,
    name: fields.string(root, 'name')?.value,
    techSpec: (fields.string(root, 'tech_spec_id') ?? fields.string(specObject, 'id'))?.value,
    prd: fields.string(sourcesObject, 'prd')?.value,
    technology: fields.string(root, 'technology')?.value,
  };
}

const PATTERNS: readonly PatternChoice[] = ['worktree', 'branch', 'directory', 'auto'];

function readPattern(root: JsonNode, fields: JsonFields, found: Findings): PatternChoice | undefined {
  const written = fields.string(root, 'pattern');
  const known = PATTERNS.find((pattern) => pattern === written?.value);
  if (written === undefined || known !== undefined) return known;
  const { value, line, column } = written;
  found.error('unknown-pattern', { file: MANIFEST, line, column }, `there is no pattern ${show(value)}`, {
    hint: `one of ${PATTERNS.join(', ')}`,
  });
  return undefined;
}

/** The richest documented manifest whose keys are there. */
function variantOf(root: JsonNode, fields: JsonFields): Plan['variant'] {
  const has = (node: JsonNode | undefined, ...keys: string[]) =>
    keys.some((key) => fields.get(node, key) !== undefined);
  const waves = fields.get(root, 'waves');
  if (waves?.kind !== 'array') return has(root, 'execution') ? 'M1x' : 'M1';
  const tasks = waves.items.flatMap((wave) => {
    const list = fields.get(wave, 'tasks');
    return list?.kind === 'array' ? list.items : [];
  });
  const metadata = fields.get(root, 'metadata');
  if (has(root, 'title') || waves.items.some((wave) => has(wave, 'name')) || tasks.some((task) => has(task, 'title'))) {
    return 'M5+';
  }
  if (has(root, 'dependencies')) return 'M5';
  if (
    has(root, 'python_version') ||
    has(metadata, 'tech_spec', 'generated_at', 'total_tasks', 'max_parallel', 'critical_path')
  ) {
    return 'M4';
  }
  return has(root, 'name', 'technology', 'metadata') || tasks.some((task) => has(task, 'component')) ? 'M3' : 'M2';
}

function readWaves(root: JsonNode, fields: JsonFields, found: Findings): ManifestWave[] {
  const nodes = fields.list(root, 'waves') ?? [];
  if (nodes.length > MAX_WAVES) {
    found.error('too-many-waves', fields.at(nodes[MAX_WAVES]!), `the manifest has more than ${MAX_WAVES} waves`);
  }
  return nodes.slice(0, MAX_WAVES).flatMap((node, index) => {
    if (node.kind !== 'object') {
      found.error('wrong-type', fields.at(node), 'a wave is to be an object: {"number": 1, "tasks": […]}');
      return [];
    }
    const written = fields.integer(node, 'number') ?? fields.integer(node, 'wave');
    if (!written && !fields.get(node, 'number')) {
      found.warning('wave-without-number', fields.at(node), `the wave has no "number"; taken as ${index + 1}`);
    }
    const { line, column } = fields.at(node);
    const wave: ManifestWave = {
      number: written ?? { value: index + 1, line, column },
      name: fields.string(node, 'name')?.value,
      tasks: (fields.list(node, 'tasks') ?? []).flatMap((task) => readTask(task, fields, found) ?? []),
      agent: fields.string(node, 'agent')?.value,
      model: fields.string(node, 'model')?.value,
      validation: fields.string(node, 'validation'),
    };
    return [wave];
  });
}

function readTask(node: JsonNode, fields: JsonFields, found: Findings): ManifestTask | undefined {
  const id = node.kind === 'object' ? fields.string(node, 'id') : fields.text(node, 'a task');
  if (!id) {
    if (node.kind === 'object' && !fields.get(node, 'id'))
      found.error('missing-id', fields.at(node), 'the task has no "id"');
    return undefined;
  }
  return {
    id,
    title: fields.string(node, 'title')?.value,
    component: fields.string(node, 'component')?.value,
    agent: fields.string(node, 'agent')?.value,
    model: fields.string(node, 'model')?.value,
    promptFile: fields.string(node, 'prompt_file'),
    deps: fields.strings(node, 'deps') ?? fields.strings(node, 'dependencies'),
    conflicts: fields.strings(node, 'conflicts'),
  };
}

/** `tasks.files` and `execution.waves`. `execution` stands beside real waves too, written by a run: then it says nothing here. */
function readM1(root: JsonNode, oldest: boolean, fields: JsonFields): Pick<Manifest, 'files' | 'executed'> {
  if (!oldest) return { files: undefined, executed: [] };
  const files = fields.strings(fields.object(root, 'tasks'), 'files');
  const execution = fields.get(root, 'execution');
  const executed = execution?.kind === 'object' ? (fields.list(execution, 'waves') ?? []) : [];
  return {
    files: files && files.length > 0 ? files : undefined,
    executed: executed.flatMap((node) => {
      const wave = fields.integer(node, 'wave')?.value;
      const tasks = fields.strings(node, 'tasks')?.map(({ value }) => value) ?? [];
      return wave === undefined ? [] : [{ wave, tasks }];
    }),
  };
}

function readStated(root: JsonNode, fields: JsonFields): Manifest['stated'] {
  const metadata = fields.object(root, 'metadata');
  const tasks = fields.get(root, 'tasks');
  const oldest = tasks?.kind === 'object' ? tasks : undefined;
  return {
    tasks: fields.integer(metadata, 'total_tasks') ?? fields.integer(oldest, 'total'),
    waves: fields.integer(oldest, 'waves'),
    maxParallel: fields.integer(metadata, 'max_parallel'),
    criticalPath: fields.strings(metadata, 'critical_path'),
  };
}
