import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const modules = join(import.meta.dirname, '../agents-big/node_modules');

/** Absolute path of the real Gemini CLI. */
export const geminiBinary = (): string => installed(join(modules, '@google/gemini-cli/bundle/gemini.js'));

/**
 * Absolute path of the real OpenCode: the program itself, for the one platform that the lock file has it for. Its package names
 * twelve, of which registries lack some, and then no lock file holds.
 */
export const opencodeBinary = (): string =>
  installed(join(modules, `opencode-${process.platform}-${process.arch}/bin/opencode`));

function installed(file: string): string {
  if (existsSync(file)) return file;
  throw new Error(`${file} is not there. Run: npm ci --prefix test/agents-big`);
}

/** Variables that send Gemini CLI to a model server on loopback; its state goes below the HOME of a hermetic environment. */
export function geminiEnv(modelUrl: string, home: string): Record<string, string> {
  const settings = {
    security: { auth: { selectedType: 'gemini-api-key' } },
    privacy: { usageStatisticsEnabled: false },
    general: { disableAutoUpdate: true },
  };
  mkdirSync(join(home, '.gemini'), { recursive: true });
  writeFileSync(join(home, '.gemini/settings.json'), JSON.stringify(settings));
  return { GOOGLE_GEMINI_BASE_URL: modelUrl, GEMINI_API_KEY: 'loopback' };
}

/** The same for OpenCode: a provider of its own, with prices. */
export function opencodeEnv(modelUrl: string, home: string): Record<string, string> {
  const provider = {
    npm: '@ai-sdk/openai-compatible',
    options: { baseURL: `${modelUrl}/v1`, apiKey: 'loopback' },
    models: { m1: { cost: { input: 5, output: 25 } } },
  };
  const folder = join(home, '.config/opencode');
  mkdirSync(folder, { recursive: true });
  const config = { model: 'loopback/m1', small_model: 'loopback/m1', provider: { loopback: provider } };
  writeFileSync(join(folder, 'opencode.json'), JSON.stringify(config));
  return { OPENCODE_DISABLE_LSP_DOWNLOAD: '1', OPENCODE_DISABLE_MODELS_FETCH: '1' };
}
