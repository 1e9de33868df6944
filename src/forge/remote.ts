/** Where a repository is hosted, as its URL says; never the name or the password in it. */
export interface Hosted {
  /** `github.com`, without a port. */
  host: string;
  /** `acme/shop`, `group/sub/shop`. */
  path: string;
}

/** Null for what is no address of a host: a folder, a bundle, a helper of somebody's own. Pure. */
export function hostedAt(url: string): Hosted | null {
  const found = /^(?:https?|ssh|git):\/\/(?:[^/@]*@)?([^/:]+)(?::\d+)?\/(.+)$/.exec(url) ?? scpLike(url);
  const [, host, rest = ''] = found ?? [];
  const path = rest.replace(/^\/+|\/+$/g, '').replace(/\.git$/, '');
  return host && path.includes('/') ? { host: host.toLowerCase(), path } : null;
}

/** `git@github.com:acme/shop.git`; a letter and a colon is a drive of Windows. */
function scpLike(url: string): RegExpExecArray | null {
  return /^(?:[^/@\s]+@)?([A-Za-z0-9][A-Za-z0-9.-]+):(?!\/\/)(.+)$/.exec(url);
}
