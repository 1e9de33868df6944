import type { Tree } from '../../../syntax/parse.ts';
import type { Endpoint } from '../endpoint.ts';
import { emptyRouting, resolveMounts } from '../mounts.ts';
import { readModule } from './module.ts';
import { nestEndpoints, nestSettings } from './nest.ts';
import { nextEndpoints } from './next.ts';
import { readRoutes } from './read.ts';

/** What JavaScript and TypeScript files answer to: Express, Fastify, Hono, NestJS, and Next.js by names of folders. */
export function javascriptEndpoints(trees: ReadonlyMap<string, Tree>): Endpoint[] {
  const modules = new Map([...trees].map(([file, { rootNode }]) => [file, readModule(file, rootNode)]));
  const routing = emptyRouting();
  for (const module of modules.values()) readRoutes(module, modules, routing);
  const settings = nestSettings(modules.values());
  return [
    ...resolveMounts(routing),
    ...[...modules.values()].flatMap((module) => [...nestEndpoints(module, settings), ...nextEndpoints(module)]),
  ];
}
