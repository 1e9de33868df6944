import type { Checker } from '../checker.ts';
import { type Contract, type ContractFinding, checked, notChecked } from '../finding.ts';
import type { SourceTree } from '../tree.ts';
import { judgeApart } from './judge-apart.ts';

/** Compares an OpenAPI document with what the project says its API is, else with the endpoints in its source. */
export const checkOpenApi: Checker = async (contract, tree, options) => {
  const { siblings = [], emitted, judge = judgeApart, complete } = options;
  const sources = await sourcesOf(tree);
  const others = siblings.filter(({ path }) => path !== contract.path);
  const known = faultsOf.get(keyOf(contract));
  const answer = await judge({
    contract,
    siblings: others,
    sources,
    complete,
    ...(emitted && 'text' in emitted && { emitted: emitted.text }),
    ...(known && { faults: known }),
  });
  if (answer.faults) remember(contract, answer.faults);
  if (emitted && 'failed' in emitted) answer.findings.unshift(noDocument(contract, emitted.failed));
  return answer.notChecked === null
    ? checked(contract, 'openapi', answer.findings)
    : notChecked(contract, 'openapi', answer.notChecked, answer.findings);
};

/** What is wrong with contracts by themselves: these are the same for all branches of a run. */
const faultsOf = new Map<string, ContractFinding[]>();
const KEPT = 16;
const keyOf = ({ path, text }: Contract) => `${path}\n${text}`;

function remember(contract: Contract, faults: ContractFinding[]): void {
  if (faultsOf.size >= KEPT) faultsOf.clear();
  faultsOf.set(keyOf(contract), faults);
}

function noDocument({ path }: Contract, why: string): ContractFinding {
  const message = `contracts.openapi.emit printed no document (${why}); the source was compared instead`;
  return { code: 'no-emitted-document', level: 'warning', basis: 'exact', contract: { file: path }, message };
}

/** What stands in every file that makes, mounts or passes on a router, by the endings of its language. */
const WORDS: [endings: string[], words: string[]][] = [
  [
    ['js', 'mjs', 'cjs', 'jsx', 'ts', 'mts', 'cts', 'tsx'],
    ['outer', 'express', 'fastify', 'hono', '@Controller', 'setGlobalPrefix', 'enableVersioning', 'outes'],
  ],
  [
    ['py'],
    ['outer', 'FastAPI', 'Flask', 'Blueprint', 'urlpatterns', 'View', 'api_view', 'require_http_methods', 'blueprint'],
  ],
  [['go'], ['"net/http"', 'go-chi/chi', 'gorilla/mux']],
];

/** Code of tests makes servers that nobody deploys. */
const ASIDE =
  /(?:^|\/)(?:node_modules|vendor|dist|build|\.venv|venv|site-packages|tests?|__tests__|__mocks__|e2e|fixtures?|examples?|parallel|migrations)\/|[._-](?:test|spec)\.[a-z]+$|_test\.(?:go|py)$|(?:^|\/)(?:test_[^/]*|conftest)\.py$|\.d\.ts$/;

/** Next.js says it by names of folders alone. */
const ROUTE_FILE = /(?:^|\/)app\/(?:.*\/)?route\.[cm]?[jt]sx?$/;

/** Characters of all files together; a larger project has its framework's words all over. */
const MAX_ALL = 24 * 2 ** 20;

async function sourcesOf(tree: SourceTree): Promise<Record<string, string>> {
  const held = await Promise.all(WORDS.map(([endings, words]) => tree.holding(words, endings)));
  const paths = [...held.flat(), ...tree.files().filter((path) => ROUTE_FILE.test(path))].filter(
    (path) => !ASIDE.test(path),
  );
  const texts = await Promise.all([...new Set(paths)].map(async (path) => [path, await tree.read(path)] as const));
  const sources: Record<string, string> = {};
  let room = MAX_ALL;
  for (const [path, text] of texts) {
    if (text === null || text.length > room) continue;
    room -= text.length;
    sources[path] = text;
  }
  return sources;
}
