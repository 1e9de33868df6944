/** One item of a task's checklist. */
export interface ChecklistItem {
  /** As it stands there, without its mark. */
  text: string;
  /** The command that it says must succeed, as arguments; null when it is for people. */
  argv: [string, ...string[]] | null;
  /** Percent of lines that tests must reach, when that is what it says. */
  coverage: number | null;
}

const ITEM = /^\s*[-*+]\s+(?:\[[ xX]\]\s+)?(\S.*)$/;

/** What an item says of a command; without such words it is no claim that a command succeeds. */
const SUCCEEDS =
  /\s+(?:all\s+)?(?:pass(?:es)?|succeeds?|(?:is|are|runs?|comes? back) (?:green|clean)|exits? (?:with )?(?:0|zero)|(?:has|have|reports?|shows?) no (?:errors?|failures?))\.?$/i;

/** Programs that check something: an item that starts with one of these and says it succeeds is a command. */
const RUNNERS = new Set(
  [
    'pytest tox nox mypy pyright ruff black flake8 isort python python3 uv poetry',
    'npm npx pnpm yarn bun deno node vitest jest mocha tsc eslint biome prettier playwright',
    'go gofmt golangci-lint cargo make just mvn gradle dotnet rspec rake bundle phpunit composer mix swift',
  ].flatMap((line) => line.split(' ')),
);

/** Programs of the list above that run whatever their next word says: only with one that checks. */
const CHECKING: Record<string, RegExp> = {
  python: /^(?:-m|[\w./-]+\.py)$/,
  python3: /^(?:-m|[\w./-]+\.py)$/,
  npm: /^(?:test|t|run|run-script)$/,
  pnpm: /^(?!add$|install$|i$|remove$|publish$)/,
  yarn: /^(?!add$|install$|remove$|publish$)/,
  uv: /^run$/,
  poetry: /^(?:run|check)$/,
  go: /^(?:test|vet|build)$/,
  cargo: /^(?:test|check|build|clippy|fmt|nextest)$/,
};

/** What a shell would take for more than words. Such a line is shown to people, for nothing here is a shell. */
const SHELL = /[|&;<>()$`\\*?{}~!#\n\0]/;

/** The items of a checklist, and which of them are commands. Only lines that say so themselves are. */
export function checklistOf(markdown: string): ChecklistItem[] {
  return markdown.split('\n').flatMap((line): ChecklistItem[] => {
    const text = ITEM.exec(line)?.[1]?.trim();
    if (text === undefined) return [];
    const argv = commandOf(text);
    return [{ text, argv, coverage: argv === null ? coverageOf(text) : null }];
  });
}

function commandOf(text: string): ChecklistItem['argv'] {
  const ending = SUCCEEDS.exec(text);
  if (!ending) return null;
  const said = text.slice(0, ending.index).trim();
  const words = splitWords(/^`([^`]+)`$/.exec(said)?.[1]?.trim() ?? said);
  return words !== null && isRunner(words) ? words : null;
}

function isRunner([program, next = '']: [string, ...string[]]): boolean {
  if (/^\.\/[\w][\w./-]*$/.test(program) && !program.includes('..')) return true;
  return RUNNERS.has(program) && (CHECKING[program]?.test(next) ?? true);
}

/** Words as a shell splits plain ones, with quotes around some; null when it would do more than that. */
function splitWords(command: string): [string, ...string[]] | null {
  const words: string[] = [];
  const word = /\s*(?:((?:[^\s"']|"[^"]*"|'[^']*')+))/gy;
  let end = 0;
  for (const match of command.matchAll(word)) {
    const plain = match[1]!.replace(/"([^"]*)"|'([^']*)'/g, (_, a, b) => a ?? b);
    const outside = match[1]!.replace(/"[^"$`\\]*"|'[^']*'/g, '');
    if (SHELL.test(outside) || plain.includes('\0')) return null;
    words.push(plain);
    end = match.index + match[0].length;
  }
  const [program, ...rest] = words;
  return program === undefined || command.slice(end).trim() !== '' ? null : [program, ...rest];
}

/** `Test coverage ≥ 80%`, `at least 85 % of lines are covered`. */
function coverageOf(text: string): number | null {
  if (!/\bcover(?:age|ed)\b/i.test(text)) return null;
  const percent = Number(/(\d{1,3}(?:\.\d+)?)\s?%/.exec(text)?.[1] ?? Number.NaN);
  return percent > 0 && percent <= 100 ? percent : null;
}
