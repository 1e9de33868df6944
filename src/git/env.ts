/** What git itself calls local to a repository (`git rev-parse --local-env-vars`), and what changes git's output. */
const REPOSITORY_VARIABLES = new Set([
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_ATTR_SOURCE',
  'GIT_COMMON_DIR',
  'GIT_CONFIG',
  'GIT_CONFIG_PARAMETERS',
  'GIT_DEFAULT_HASH',
  'GIT_DIFF_OPTS',
  'GIT_DIR',
  'GIT_DISCOVERY_ACROSS_FILESYSTEM',
  'GIT_EDITOR',
  'GIT_EXTERNAL_DIFF',
  'GIT_GLOB_PATHSPECS',
  'GIT_GRAFT_FILE',
  'GIT_ICASE_PATHSPECS',
  'GIT_IMPLICIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_INDEX_VERSION',
  'GIT_INTERNAL_SUPER_PREFIX',
  'GIT_LITERAL_PATHSPECS',
  'GIT_NAMESPACE',
  'GIT_NOGLOB_PATHSPECS',
  'GIT_NO_REPLACE_OBJECTS',
  'GIT_OBJECT_DIRECTORY',
  'GIT_PAGER',
  'GIT_PREFIX',
  'GIT_QUARANTINE_PATH',
  'GIT_REFLOG_ACTION',
  'GIT_REPLACE_REF_BASE',
  'GIT_SEQUENCE_EDITOR',
  'GIT_SHALLOW_FILE',
  'GIT_WORK_TREE',
]);

/** What models are paid with: for agents alone. */
const AGENT_CREDENTIALS =
  /^(?:ANTHROPIC_(?:API_KEY|AUTH_TOKEN)|CLAUDE_CODE_OAUTH_TOKEN|CLAUDE_API_KEY|OPENAI_API_KEY|CODEX_API_KEY|GEMINI_API_KEY|GOOGLE_(?:GENERATIVE_AI_)?API_KEY|AWS_BEARER_TOKEN_BEDROCK|(?:OPENROUTER|MISTRAL|GROQ|XAI|DEEPSEEK|CURSOR|COHERE|TOGETHER|FIREWORKS|CEREBRAS)_API_KEY|AZURE_OPENAI_API_KEY)$/;

/** Whether a variable is the key of an agent, which nothing but agents needs. */
function isAgentCredential(name: string): boolean {
  return AGENT_CREDENTIALS.test(name);
}

/** Where a person keeps settings and keys: a child that fetches a private dependency needs them. */
const PERSONAL_VARIABLES =
  /^GIT_(SSH|SSH_COMMAND|SSH_VARIANT|ASKPASS|SSL_\w+|PROXY_\w+|CONFIG_(GLOBAL|SYSTEM|NOSYSTEM|COUNT|KEY_\d+|VALUE_\d+))$/;

/**
 * The environment of our own git calls. When copse is started by a git hook or alias it inherits GIT_DIR, GIT_INDEX_FILE
 * and the like, which would send every call to the wrong repository or index; these go, the person's own settings stay.
 */
export function gitEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(agentEnv(env)).filter(
    ([name]) => !name.startsWith('GIT_TRACE') && name !== 'LANGUAGE' && !isAgentCredential(name),
  );
  return {
    ...Object.fromEntries(kept),
    // Optional locks off: a mere `status` would rewrite the index of the user's checkout.
    GIT_OPTIONAL_LOCKS: '0',
    // What was committed, and not what `refs/replace` and `info/grafts` say instead: anybody who works here can write these.
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_GRAFT_FILE: '/dev/null',
    LC_ALL: 'C',
  };
}

/** The environment of agents: the user's, identity included, without what would lead git to another repository or make it ask. */
export function agentEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !REPOSITORY_VARIABLES.has(name));
  return { ...Object.fromEntries(kept), GIT_TERMINAL_PROMPT: '0' };
}

/** The environment of set-up commands, validations and installers: no GIT_ variable but the person's transport and config. */
export function outsideEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !name.startsWith('GIT_') || PERSONAL_VARIABLES.test(name)),
  );
}

/** The environment without the keys of agents, but those in `pass`. */
export function withoutAgentKeys(env: NodeJS.ProcessEnv, pass: readonly string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => pass.includes(name) || !isAgentCredential(name)));
}
