import type { SourceTree } from '../tree.ts';

/** Folders and files that are no implementation: tests, what was generated, what others wrote. */
const ASIDE =
  /(?:^|\/)(?:tests?|__tests__|__mocks__|specs?|e2e|fixtures|mocks|migrations|node_modules|dist|build|out|coverage|vendor|site-packages|\.venv|venv)\/|(?:^|\/)(?:test_[^/]*|[^/]*_test|conftest)\.py$|\.(?:test|spec|stories|test-d)\.[cm]?[jt]sx?$|\.d\.[cm]?ts$/;

/**
 * Which of these paths may implement a contract: without tests, generated code, the folders of plans (which hold the contracts themselves)
 * and the contract. Where plans are the whole tree tells, not the few files that hold a word.
 */
export function implementations(tree: SourceTree, paths: readonly string[], contract: string): string[] {
  const plans = new Set(tree.files().flatMap((path) => /^(.+?\/)tasks\/task-[^/]*\.md$/.exec(path)?.[1] ?? []));
  const isOfPlan = (path: string) => [...plans].some((plan) => path.startsWith(plan));
  return paths.filter((path) => path !== contract && !ASIDE.test(path) && !isOfPlan(path));
}
