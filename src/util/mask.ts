/** Takes secrets out of a text: each becomes the name of its variable or of its kind, in ‹ ›. The same text always gives the same. */
export interface Mask {
  (text: string): string;
  /** For text that comes line by line: keys of several lines are masked, too. */
  lines(): (line: string) => string;
  /** What a text holds: the value of a variable that is long enough to be no accident is `certain`. */
  find(text: string): { name: string; certain: boolean }[];
}

/** Names whose values are secrets, as far as the values look it. */
const SECRET_NAME =
  /(?:^|_)(?:API_?KEYS?|ACCESS_KEYS?|KEYS?|TOKENS?|SECRETS?|PASSWORDS?|PASSWD|PASS|PASSPHRASE|CREDENTIALS?|AUTH|PAT|PWD_SECRET)(?:_|$)|APIKEY|(?:TOKEN|SECRET|PASSWORD)$/i;
/** Of these a plain word is a secret, too. */
const PASSWORD_NAME = /PASS(?:WORD|WD|PHRASE)?(?:_|$)|SECRET/i;
const COMMON =
  /^(?:password|passw0rd|changeme|change_me|secret|example|disabled|enabled|undefined|required|postgres|localhost|anonymous|test(?:test)?|12345678\d*)$/i;
const MIN_LENGTH = 8;
const CERTAIN_LENGTH = 16;

/** Kinds of keys that can be told by their look, each with what is in front of it and stays (group `keep…`). */
const KINDS: [kind: string, source: string][] = [
  ['anthropic key', 'sk-ant-[A-Za-z0-9_-]{16,}'],
  ['openai key', 'sk-(?:proj|svcacct|admin)-[A-Za-z0-9_-]{20,}|sk-[A-Za-z0-9]{32,}'],
  ['github token', 'gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{40,}'],
  ['gitlab token', 'glpat-[A-Za-z0-9_-]{20,}'],
  ['aws key id', '(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])'],
  ['google key', 'AIza[A-Za-z0-9_-]{35}'],
  ['slack token', 'xox[abposr]-[A-Za-z0-9-]{10,}'],
  ['stripe key', '[sr]k_(?:live|test)_[A-Za-z0-9]{16,}'],
  ['npm token', 'npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])'],
  ['pypi token', 'pypi-[A-Za-z0-9_-]{50,}'],
  ['hugging face token', 'hf_[A-Za-z0-9]{30,}'],
  ['sendgrid key', 'SG\\.[A-Za-z0-9_-]{16,}\\.[A-Za-z0-9_-]{16,}'],
  ['twilio key', 'SK[0-9a-f]{32}(?![A-Za-z0-9])'],
  ['json web token', 'eyJ[A-Za-z0-9_-]{8,}\\.eyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{8,}'],
];
const TOKENS = KINDS.map(([, source]) => source).join('|');
const KEY_BLOCK =
  '-----BEGIN [A-Z ]*PRIVATE KEY-----(?:[A-Za-z0-9+/=:,.\\s-]|\\\\[nr])*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)';
/** What stands before a secret and stays: it says what the secret was. */
const BEARER = '(?:[Bb]earer|[Bb]asic)\\s{1,3}(?=[^\\s"\']{0,200}\\d)[A-Za-z0-9+/=._~-]{20,}';
const IN_URL = '://[^\\s:/@"\'\\\\<>‹]{0,100}:[^\\s/@"\'\\\\<>‹]{3,300}@';
const ASSIGNED = '(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD)["\']?\\s{0,3}[=:]\\s{0,3}["\']?';

/** Further secrets than those that can be told by their look. */
export interface FurtherSecrets {
  /** Names of variables; `*` stands for any characters. */
  names?: readonly string[];
  /** Further variables with their values, as the environment has them. */
  variables?: readonly (readonly [name: string, value: string | null | undefined])[];
  /** What looks like this is one: regular expressions, met within a line and within a string of JSON. */
  forms?: readonly string[];
}

/**
 * The mask of an environment: the values of its variables that look like secrets, as they are, in base64, in URLs and in
 * JSON, and keys that are known by their form.
 */
export function maskOf(
  env: Readonly<Record<string, string | undefined>>,
  { names: also = [], variables = [], forms: ownForms = [] }: FurtherSecrets = {},
): Mask {
  const values = secretsIn([...Object.entries(env), ...variables], also);
  const names = new Map(values.flatMap(({ name, value }) => formsOf(value).map((form) => [form, name] as const)));
  const forms = [...names.keys()].sort((a, b) => b.length - a.length).map(escaped);
  const certain = [...forms, KEY_BLOCK, `(?<![A-Za-z0-9_-])(?:${TOKENS})`].join('|');
  const all = new RegExp([certain, BEARER, IN_URL, `${ASSIGNED}(?!${certain})[A-Za-z0-9+/_=-]{16,}`].join('|'), 'g');
  const replace = (found: string) => {
    const name = names.get(found);
    return name === undefined ? ofKind(found, mask) : `‹${name}›`;
  };
  const own = formMask(ownForms);
  const mask = (text: string): string => own(text.replace(all, replace));
  const find = (text: string) => {
    const found = new Map<string, { name: string; certain: boolean }>();
    for (const [each] of text.matchAll(all)) {
      const shown = replace(each);
      const name = names.get(each) ?? /‹secret: ([^›]*)›/.exec(shown)?.[1];
      if (shown !== each && name) found.set(name, { name, certain: names.has(each) && each.length >= CERTAIN_LENGTH });
    }
    if (own(text) !== text) found.set('secrets.mask', { name: 'secrets.mask', certain: false });
    return [...found.values()];
  };
  return Object.assign(mask, { find, lines: () => lineByLine(mask) });
}

/** Replaces what has one of these forms. Quotes, backslashes and line feeds part a text, so that JSON stays JSON. */
function formMask(forms: readonly string[]): (text: string) => string {
  if (forms.length === 0) return (text) => text;
  const all = new RegExp(forms.map((form) => `(?:${form})`).join('|'), 'g');
  return (text) =>
    text.replace(/‹[^‹›]*›|\\(?:u[0-9a-f]{4}|.)|[^"\\\r\n‹]+/g, (part) =>
      STAYS.test(part) ? part : part.replace(all, '‹secret›'),
    );
}

/** What is masked already, what is escaped, and what stands between the strings of JSON. */
const STAYS = /^[‹\\]|^[{}[\]:,]\s*(?:[{}[\]:,\s]|-?\d[\d.eE+-]*|true|false|null)*$/;

/** A private key of several lines: what is between its first and its last line is a part of it. */
function lineByLine(mask: (text: string) => string): (line: string) => string {
  let inside = false;
  return (line) => {
    const ends = /-----END [A-Z ]*PRIVATE KEY-----/.test(line);
    if (inside) {
      inside = !ends && /^[A-Za-z0-9+/=:,.\s-]*$/.test(line);
      if (inside || ends) return '‹secret: private key›';
    }
    inside = !ends && /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(line);
    return mask(line);
  };
}

function secretsIn(env: NonNullable<FurtherSecrets['variables']>, also: readonly string[]) {
  return env.flatMap(([name, given]) => {
    const value = given ?? '';
    const named = also.some((each) => matches(each, name));
    return named ? (value === '' ? [] : [{ name, value }]) : looksSecret(name, value) ? [{ name, value }] : [];
  });
}

const matches = (wanted: string, name: string) =>
  new RegExp(`^${wanted.split('*').map(escaped).join('.*')}$`).test(name);

/** Whether a variable holds a secret: its name says so, and its value is no path, number, word or address. */
export function looksSecret(name: string, value: string): boolean {
  if (value.length < MIN_LENGTH || !SECRET_NAME.test(name) || COMMON.test(value)) return false;
  if (/^[~./]|^[a-z][a-z+.-]*:\/\/[^@]*$|^[-+]?[\d.,]+$|^[A-Za-z]:\\/.test(value)) return false;
  return PASSWORD_NAME.test(name) || !/^[A-Za-z]+(?:[-_ .][A-Za-z]+)*$/.test(value);
}

/** A value as it may stand in a text. */
function formsOf(value: string): string[] {
  const base64 = Buffer.from(value).toString('base64');
  const bare = base64.replace(/=+$/, '');
  const json = JSON.stringify(value).slice(1, -1);
  const forms = [
    value,
    value.trim(),
    base64,
    bare,
    bare.replaceAll('+', '-').replaceAll('/', '_'),
    urlEncoded(value),
    json,
  ];
  return [...new Set(forms)].filter((form) => form.length >= 4);
}

function urlEncoded(value: string): string {
  try {
    return encodeURIComponent(value);
  } catch {
    return value; // half a character
  }
}

const KIND_TESTS = KINDS.map(([kind, source]) => [kind, new RegExp(`^(?:${source})$`)] as const);

/** What a known form is replaced by. Hashes, ids and plain code that only look alike stay. */
function ofKind(found: string, mask: (text: string) => string): string {
  if (found.startsWith('-----BEGIN')) return '‹secret: private key›';
  if (found.startsWith('://')) return `${found.slice(0, found.indexOf(':', 3) + 1)}‹secret: password›@`;
  const kind = KIND_TESTS.find(([, test]) => test.test(found))?.[0];
  if (kind) return `‹secret: ${kind}›`;
  const scheme = /^(?:bearer|basic)\s+/i.exec(found);
  if (scheme) return `${scheme[0]}‹secret: authorization›`;
  const [, before = '', value = ''] = /^([A-Z]+["']?\s*[=:]\s*["']?)(.*)$/s.exec(found) ?? [];
  return `${before}${isRandom(value) ? '‹secret: key›' : mask(value)}`;
}

/** Upper and lower case and digits, and about as many different characters as chance would give. */
function isRandom(text: string): boolean {
  if (!/\d/.test(text) || !/[a-z]/.test(text) || !/[A-Z]/.test(text)) return false;
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  let entropy = 0;
  for (const count of counts.values()) entropy -= (count / text.length) * Math.log2(count / text.length);
  return entropy >= 3.5;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
