/** Where a repository is hosted, as its URL says; never the name or the password in it. */
export interface Hosted {
  /** `github.com`, without a port. */
  host: string;
  /** `acme/shop`, `group/sub/shop`. */
  path: string;
  /** By ssh, whose config may call the host otherwise. */
  ssh: boolean;
}

/** Null for what is no address of a host: a folder, a bundle, a helper of somebody's own. Pure. */
export function hostedAt(url: string): Hosted | null {
  const found = /^(?:https?|ssh|git):\/\/(?:[^/@]*@)?([^-/:][^/:]*)(?::\d+)?\/(.+)$/.exec(url) ?? scpLike(url);
  const [, host, rest = ''] = found ?? [];
  const ssh = !/^(?:https?|git):/.test(url);
  const path = rest.replace(/^\/+|\/+$/g, '').replace(/\.git$/, '');
  return host && path.includes('/') ? { host: host.toLowerCase(), path, ssh } : null;
}

/** `git@github.com:acme/shop.git`; a letter and a colon is a drive of Windows. */
function scpLike(url: string): RegExpExecArray | null {
  return /^(?:[^/@\s]+@)?([A-Za-z0-9][A-Za-z0-9.-]+):(?!\/\/)(.+)$/.exec(url);
}

/** Hosts that take ssh on the port of https, and what they are called. */
const OTHER_NAMES: Record<string, string> = { 'ssh.github.com': 'github.com', 'altssh.gitlab.com': 'gitlab.com' };

/** The host as the forge itself is called; `config`: what `ssh -G` says of it. Pure. */
export function realHost(at: Hosted, config: string): Hosted {
  const named = /^hostname (\S+)$/m.exec(config)?.[1]?.toLowerCase() ?? at.host;
  return { ...at, host: OTHER_NAMES[named] ?? named };
}
