import { detectGo, detectJava, detectRust } from './detect-compiled.ts';
import { detectNode } from './detect-node.ts';
import { detectPython } from './detect-python.ts';
import type { Folder } from './folder.ts';
import type { CheckSpec, Tech } from './spec.ts';

/** A file that says what a folder holds, and of which tech. */
const MARKERS: Record<string, Tech> = {
  'package.json': 'typescript',
  'manage.py': 'django',
  'pyproject.toml': 'python',
  'setup.py': 'python',
  'setup.cfg': 'python',
  'pytest.ini': 'python',
  'requirements.txt': 'python',
  'go.mod': 'go',
  'Cargo.toml': 'rust',
  'pom.xml': 'java',
  'build.gradle': 'java',
  'build.gradle.kts': 'java',
};

const DETECTORS: Record<Tech, (folder: Folder) => CheckSpec[]> = {
  typescript: detectNode,
  django: detectPython,
  python: detectPython,
  go: detectGo,
  rust: detectRust,
  java: detectJava,
};

/** The folders to look at: the top when something there is known, else the folders in it. `paths`: all files of the tree. */
export function stackFolders(paths: Iterable<string>): string[] {
  const folders = new Set<string>();
  for (const path of paths) {
    const [first, second, ...deeper] = path.split('/');
    if (second === undefined && Object.hasOwn(MARKERS, first!)) folders.add('');
    if (second !== undefined && deeper.length === 0 && Object.hasOwn(MARKERS, second)) folders.add(first!);
  }
  return folders.has('') ? [''] : [...folders].filter((name) => !name.startsWith('.')).sort();
}

/** The checks that a tree has, by the files that lie in its folders. `tech`: of this one only. */
export function detectChecks(folders: ReadonlyMap<string, Folder>, tech?: Tech): CheckSpec[] {
  return [...folders].flatMap(([path, folder]) =>
    techsOf(folder)
      .filter((each) => tech === undefined || each === tech || (tech === 'python' && each === 'django'))
      .flatMap((each) => DETECTORS[each](folder))
      .map((spec) => (path === '' ? spec : { ...spec, name: `${path}: ${spec.name}`, folder: path })),
  );
}

function techsOf({ names }: Folder): Tech[] {
  const techs = new Set([...names].flatMap((name) => (Object.hasOwn(MARKERS, name) ? [MARKERS[name]!] : [])));
  if (techs.has('django')) techs.delete('python'); // one project, looked at once
  return [...techs].sort();
}
