/** Folders and files that are no implementation: tests, what was generated, what others wrote. */
const ASIDE =
  /(?:^|\/)(?:tests?|__tests__|__mocks__|specs?|e2e|fixtures|mocks|migrations|node_modules|dist|build|out|coverage|vendor|site-packages|\.venv|venv)\/|(?:^|\/)(?:test_[^/]*|[^/]*_test|conftest)\.py$|\.(?:test|spec|stories|test-d)\.[cm]?[jt]sx?$|\.d\.[cm]?ts$/;

/** The paths of a tree that may implement a contract: without tests, generated code, plans and the contract itself. */
export function implementations(paths: readonly string[], contract: string): string[] {
  const plans = new Set(paths.flatMap((path) => /^(.*?)tasks\/task-[^/]*\.md$/.exec(path)?.[1] ?? []));
  const isOfPlan = (path: string) => [...plans].some((plan) => path.startsWith(plan) && plan !== '');
  return paths.filter((path) => path !== contract && !ASIDE.test(path) && !isOfPlan(path));
}
