import { existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { agentPackages } from './model-server.ts';

/**
 * Absolute path of the real Claude Code; throws with the command to run when it is not installed. npm may be told to run
 * no install scripts: then `bin/claude.exe` is a stub of some bytes, and the platform's package holds the program.
 */
export function claudeBinary(): string {
  const scope = join(agentPackages(), 'node_modules/@anthropic-ai');
  const platform = `claude-code-${process.platform}-${process.arch}`;
  const candidates = [
    join(scope, 'claude-code/bin/claude.exe'),
    join(scope, platform, 'claude'),
    join(scope, `${platform}-musl`, 'claude'),
  ];
  const found = candidates.find((file) => (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 1_000_000);
  if (found === undefined) throw new Error('Claude Code is not installed. Run: npm ci --prefix test/agents');
  return found;
}

/**
 * Variables that send Claude Code to a model server on loopback and keep its state below `root`: to be put over a
 * hermetic environment.
 */
export function claudeEnv(modelUrl: string, root: string): Record<string, string> {
  const configDir = join(root, 'claude-config');
  mkdirSync(configDir, { recursive: true });
  return {
    ANTHROPIC_BASE_URL: modelUrl,
    ANTHROPIC_API_KEY: 'sk-loopback',
    CLAUDE_CONFIG_DIR: configDir,
    // Waits of half a second, one second, two seconds: enough to see a retry, too few to wait for.
    CLAUDE_CODE_MAX_RETRIES: '2',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_AUTOUPDATER: '1',
  };
}

/** Absolute path of the Claude Agent SDK; throws with the command to run when it is not installed. */
export function sdkModule(): string {
  const file = join(import.meta.dirname, '../agents-sdk/node_modules/@anthropic-ai/claude-agent-sdk/sdk.mjs');
  if (existsSync(file)) return file;
  throw new Error('The Claude Agent SDK is not installed. Run: npm ci --prefix test/agents-sdk');
}
