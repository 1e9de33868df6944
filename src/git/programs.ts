/**
 * Settings by which git starts a program, or is led to other files or servers. Keys as `git config --list` writes them:
 * section and name in lower case.
 */
const PROGRAMS = [
  /^core\.(?:hookspath|fsmonitor|sshcommand|gitproxy|askpass|editor|pager|alternaterefscommand|attributesfile|worktree)$/,
  /^(?:filter\..*\.(?:clean|smudge|process)|merge\..*\.driver|diff\..*\.(?:command|textconv)|diff\.external)$/s,
  /^(?:alias|pager|includeif|extensions|protocol|url|browser|man|difftool|mergetool|hook)\./,
  /^(?:include\.path|sequence\.editor|interactive\.difffilter|init\.templatedir|uploadpack\.packobjectshook)$/,
  /^(?:gpg\.(?:.*\.)?program|credential\.(?:.*\.)?helper|trailer\..*\.(?:command|cmd)|submodule\..*\.update)$/s,
  /^remote\..*\.(?:vcs|uploadpack|receivepack|proxy)$/s,
];

/** Whether a changed value of this setting may make git start something, or look elsewhere. */
export function startsPrograms(key: string): boolean {
  return PROGRAMS.some((pattern) => pattern.test(key));
}

/**
 * What makes git pass over a setting that nobody of us trusts; null for one that our calls never come to, or that each of
 * them overrides anyway. A merge without its driver is a conflict, which a person looks at.
 */
export function neutralValues(key: string): [string, string][] | null {
  const filter = /^(filter\..*)\.(?:clean|smudge|process)$/s.exec(key)?.[1];
  if (filter) {
    return [
      [key, ''],
      [`${filter}.required`, 'false'],
    ];
  }
  if (/^merge\..*\.driver$/s.test(key)) return [[key, 'false']];
  if (/^submodule\..*\.update$/s.test(key)) return [[key, 'checkout']];
  if (key === 'core.sshcommand') return [[key, 'ssh']];
  if (/^core\.(?:gitproxy|askpass|alternaterefscommand|attributesfile)$/.test(key)) return [[key, '']];
  return /^credential\.(?:.*\.)?helper$/s.test(key) ? [[key, '']] : null;
}
