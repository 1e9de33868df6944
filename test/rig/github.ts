import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { createServer as createProxy, type RequestListener } from 'node:http';
import { createServer as createApi } from 'node:https';
import { type AddressInfo, connect, type Server, type Socket } from 'node:net';
import { join } from 'node:path';

/** What `gh` asked of the API. */
export interface Asked {
  host: string;
  /** Of GraphQL: the name of the query or mutation; else the method and the path. */
  what: string;
  token: string | null;
  variables: Record<string, unknown>;
}

export interface Pull {
  url: string;
  headRefName: string;
  baseRefName: string;
  /** Its branch is in another repository. */
  isCrossRepository: boolean;
}

/** The API answers so instead. `messages`: errors of GraphQL, below status 200. */
export type Fault = { status: number; message: string } | { messages: string[] };

/** The part of GitHub's API that `gh pr list`, `gh pr create` and `gh auth status` use, on loopback, for any number of hosts. */
export interface GitHubApi {
  /** Sends `gh` here, whatever host it means. */
  env: Record<string, string>;
  asked: Asked[];
  pulls: Pull[];
  /** Null for a request that is answered as it should be. */
  fault: (asked: Asked) => Fault | null;
  stop(): Promise<void>;
}

/** Why the real `gh` cannot be driven here; undefined where it can. */
export function withoutGh(): string | undefined {
  const missing = (program: string) => spawnSync(program, ['version']).error !== undefined;
  if (process.platform !== 'linux') return 'only on Linux can gh be told by the environment whom to trust';
  if (missing('gh')) return 'gh is not installed: apt-get install gh';
  return missing('openssl') ? 'openssl is not installed: apt-get install openssl' : undefined;
}

/**
 * `gh` speaks TLS to a host, on port 443: a proxy on loopback, which HTTPS_PROXY names, leads each connection to the API here, and
 * SSL_CERT_FILE names the certificate, made for these hosts.
 */
export async function startGitHub(folder: string, hosts: readonly string[]): Promise<GitHubApi> {
  mkdirSync(folder);
  const { key, cert, file } = certificate(folder, hosts);
  const api: Omit<GitHubApi, 'env' | 'stop'> = { asked: [], pulls: [], fault: () => null };
  const answer: RequestListener = async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    const { query = '', variables = {} } = (body === '' ? {} : JSON.parse(body)) as Query;
    const name = /^\s*(?:query|mutation) (\w+)/m.exec(query)?.[1];
    const asked: Asked = {
      host: request.headers.host ?? '',
      what: name ?? `${request.method} ${request.url}`,
      token: request.headers.authorization?.replace(/^token /, '') ?? null,
      variables,
    };
    api.asked.push(asked);
    const { status, document } = answerTo(api, asked);
    response.writeHead(status, {
      'content-type': 'application/json; charset=utf-8',
      'x-oauth-scopes': 'repo, read:org',
    });
    response.end(JSON.stringify(document));
  };
  const server = createApi({ key, cert }, answer);
  const port = await listening(server);
  const proxy = createProxy();
  const sockets = new Set<Socket>();
  proxy.on('connect', (_, from: Socket) => {
    const to = connect(port, '127.0.0.1', () => {
      from.write('HTTP/1.1 200 Connection established\r\n\r\n');
      from.pipe(to).pipe(from);
    });
    for (const socket of [from, to]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => sockets.delete(socket));
    }
  });
  const HTTPS_PROXY = `http://127.0.0.1:${await listening(proxy)}`;
  return Object.assign(api, {
    env: { HTTPS_PROXY, SSL_CERT_FILE: file },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await Promise.all([server, proxy].map((each) => new Promise((resolve) => each.close(resolve))));
    },
  });
}

interface Query {
  query?: string;
  variables?: Record<string, unknown>;
}

function answerTo(api: Omit<GitHubApi, 'env' | 'stop'>, asked: Asked): { status: number; document: object } {
  const fault = api.fault(asked);
  if (fault === null) return { status: 200, document: { data: dataOf(api, asked) } };
  if ('status' in fault) return { status: fault.status, document: { message: fault.message } };
  const errors = fault.messages.map((message) => ({ type: 'UNPROCESSABLE', path: ['createPullRequest'], message }));
  return { status: 200, document: { data: { createPullRequest: null }, errors } };
}

function dataOf({ pulls }: Pick<GitHubApi, 'pulls'>, { host, what, variables }: Asked): object {
  const pageInfo = { hasNextPage: false, endCursor: '' };
  switch (what) {
    case 'UserCurrent':
      return { viewer: { login: 'ada' } };
    case 'RepositoryInfo':
      return { repository: { ...REPOSITORY, name: variables.name, owner: { id: 'U1', login: variables.owner } } };
    case 'PullRequestList':
    case 'PullRequestForBranch': {
      const { headBranch, headRefName = headBranch, baseBranch } = variables;
      const nodes = pulls
        .filter(
          (pull) => pull.headRefName === headRefName && [undefined, pull.baseRefName].includes(baseBranch as string),
        )
        .map((pull, at) => ({
          id: `P${at}`,
          number: at,
          state: 'OPEN',
          headRepositoryOwner: { login: 'acme' },
          ...pull,
        }));
      const pullRequests = { totalCount: nodes.length, nodes, pageInfo };
      return { repository: { pullRequests, defaultBranchRef: REPOSITORY.defaultBranchRef } };
    }
    case 'PullRequestCreate': {
      const { baseRefName, headRefName } = variables.input as Pick<Pull, 'baseRefName' | 'headRefName'>;
      const url = `https://${host.replace(/^api\./, '')}/acme/shop/pull/${pulls.length + 7}`;
      pulls.push({ url, baseRefName, headRefName, isCrossRepository: false });
      return { createPullRequest: { pullRequest: { id: 'P', url } } };
    }
    default:
      return {};
  }
}

const REPOSITORY = {
  id: 'R1',
  description: '',
  hasIssuesEnabled: true,
  hasWikiEnabled: true,
  viewerPermission: 'WRITE',
  defaultBranchRef: { name: 'main' },
  parent: null,
  mergeCommitAllowed: true,
  rebaseMergeAllowed: true,
  squashMergeAllowed: true,
};

function certificate(folder: string, hosts: readonly string[]): { key: Buffer; cert: Buffer; file: string } {
  const [keyFile, file] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const names = hosts.map((host) => `DNS:${host}`).join(',');
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc', '-days', '2'];
  const said = ['-subj', '/CN=a test', '-addext', `subjectAltName=${names}`, '-keyout', keyFile, '-out', file];
  const { status, stderr } = spawnSync('openssl', ['req', '-x509', ...kind, ...said], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`openssl → ${status}\n${stderr}`);
  return { key: readFileSync(keyFile), cert: readFileSync(file), file };
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
