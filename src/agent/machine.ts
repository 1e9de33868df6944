import type { PriceBook } from './prices.ts';

/** What adapters know of the machine they are set up on. */
export interface Machine {
  /** Claude Code refuses to skip permissions as root unless it is told that it sits in a sandbox. */
  isRoot: boolean;
  /** The environment that agents inherit. */
  baseEnv: NodeJS.ProcessEnv;
  /** Absolute folder that a relative program in the config is looked up in: the repository. */
  baseDir: string;
  /** What tokens cost where the agent does not say it. */
  prices?: PriceBook;
  /** Program and first arguments of our ACP client (bin/acp-client.js). */
  acpClient: readonly string[];
  /** The same of our client for the Claude Agent SDK (bin/sdk-client.js). */
  sdkClient: readonly string[];
}
