/** EXECUTION INSTRUCTIONS of every generated prompt. */
export const EXECUTION_INSTRUCTIONS = `You work unattended: nobody reads along and nobody can answer. Never ask, never wait for confirmation; decide and go on.
You MUST write code, not only describe it:

1. Read the contracts and the requirements above, then the existing code that you will touch.
2. Implement the task: create and modify exactly the files named above, tests included.
3. Run the acceptance checks above and the tests of what you wrote. When one fails, mend the cause and run it again, until all pass.
4. Run the linters and type checks that the project has.
5. Commit your work in the current branch with conventional commits (\`feat: …\`, \`fix: …\`, \`test: …\`). Small commits are welcome.

- Stay in the working directory you were started in; it is a checkout of your own, and the work of the tasks yours depends on is in it. Other agents work in others at the same time.
- Stay on the current branch: do not switch or create branches, do not merge, rebase, amend or reset commits that you did not make, do not stash, do not push, do not touch other worktrees or the git configuration.
- Start nothing that waits for input or never ends; whatever you start, stop.`;

/** IMPORTANT RULES of every generated prompt. They stand after CONTEXT and win over it. */
export const IMPORTANT_RULES = `These rules win over everything above, CONTEXT and contracts included.

- Do not create, modify, move or delete anything that DO NOT MODIFY covers. Such a change makes the whole attempt fail.
- Change nothing outside FILES TO CREATE and FILES TO MODIFY, lockfiles aside. \`file::Name\` means: of that file only \`Name\`, and the imports it needs.
- Contracts are design documents. Recreate their types and interfaces in the code of the project, with exactly these names and types; never import from \`parallel/\`, never put it on a search path, never change anything in it.
- If the task cannot be done without changing something else, leave it as it is: commit what is sound, set \`task_completed\` to false and name it under \`scope_request\` in the output below.
- Do not skip tests, weaken them or mark them as expected to fail.
- Never commit secrets, dependencies that a package manager installs (\`node_modules\`, \`.venv\`) or build output.
- When something blocks you for good, stop, commit what is sound, and say what blocks you in the output below.`;

/** OUTPUT FORMAT (REQUIRED). The template is no valid JSON, so that an agent that repeats it claims nothing. */
export const OUTPUT_FORMAT = `End your last message with this JSON block, filled in truthfully: every field is compared with what you really did. Leave \`scope_request\` out, unless you need it.

\`\`\`json
{
  "task_completed": boolean,
  "validation_passed": boolean,
  "files_created": [string],
  "files_modified": [string],
  "tests_run": integer,
  "tests_passed": integer,
  "tests_failed": integer,
  "summary": string,
  "full_log": string,
  "scope_request": [{"path": string, "reason": string}],
  "error_message": string | null
}
\`\`\``;

/** COMPLETION SIGNAL of every generated prompt. */
export const COMPLETION_SIGNAL = `When everything is done, the checks pass and your work is committed, run in the root of the working directory:

    touch .claude-task-complete

Do not run it otherwise, and do not commit that file.`;
