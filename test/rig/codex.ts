import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { agentPackages } from './model-server.ts';

/** Absolute path of the real Codex: the launcher that npm installs, which starts the program of this platform. */
export function codexBinary(): string {
  const file = join(agentPackages(), 'node_modules/@openai/codex/bin/codex.js');
  if (!existsSync(file)) throw new Error('Codex is not installed. Run: npm ci --prefix test/agents');
  return file;
}

/**
 * Variables that send Codex to a model server on loopback and keep its state below `root`: to be put over a hermetic
 * environment. It tries a failed request once more.
 */
export function codexEnv(modelUrl: string, root: string): Record<string, string> {
  const home = join(root, 'codex-home');
  mkdirSync(home, { recursive: true });
  const config = [
    'model_provider = "loopback"',
    'model = "gpt-5.1-codex"',
    '[model_providers.loopback]',
    'name = "loopback"',
    `base_url = "${modelUrl}/v1"`,
    'env_key = "OPENAI_API_KEY"',
    'wire_api = "responses"',
    'request_max_retries = 1',
    'stream_max_retries = 1',
  ];
  writeFileSync(join(home, 'config.toml'), `${config.join('\n')}\n`);
  // Codex sets up no sandbox when its home is in the folder for temporary files, where this one is.
  return { CODEX_HOME: home, OPENAI_API_KEY: 'sk-loopback', TMPDIR: '/var/tmp' };
}
