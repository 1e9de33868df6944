import type { Claim } from '../run/event.ts';

/** Whether an agent that counts tests ran any, as far as its transcript shows what it runs. */
export interface TestRuns {
  /** A tool that it used, with its command: `Bash npm test`. */
  saw(call: string): void;
  /** It ran something that the transcript does not show: then only a command that is seen tells. */
  sawHidden(): void;
  /** For the verdict: nothing where no test is claimed, or where it cannot be told. */
  of(claim: Claim | null): { ranTests?: boolean };
}

export function testRuns(): TestRuns {
  let ran = false;
  let hidden = false;
  return {
    saw: (call) => {
      ran ||= looksLikeTests(call);
    },
    sawHidden: () => {
      hidden = true;
    },
    of: (claim) => ((claim?.tests_run ?? 0) > 0 && (ran || !hidden) ? { ranTests: ran } : {}),
  };
}

/** Wide on purpose: it is there to tell when nothing of the kind was run at all. */
function looksLikeTests(call: string): boolean {
  return /test|spec|check|verif|valid|\b(?:tox|nox|jest|mocha|ava|bats|behave|make|just|mvn|gradlew?|rake|ctest|ci)\b/i.test(
    call,
  );
}
