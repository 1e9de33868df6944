import type { Tree } from '../../../syntax/parse.ts';
import type { Endpoint } from '../endpoint.ts';
import { emptyRouting, resolveMounts } from '../mounts.ts';
import { readRouters, readRoutes } from './apps.ts';
import { findRoots, readUrls } from './django.ts';
import { readModule } from './module.ts';

/** What Python files answer to: FastAPI, Flask, Django and its REST framework. */
export function pythonEndpoints(trees: ReadonlyMap<string, Tree>): Endpoint[] {
  const modules = new Map([...trees].map(([file, { rootNode }]) => [file, readModule(file, rootNode)]));
  const apps = emptyRouting();
  for (const module of modules.values()) readRouters(module, apps);
  for (const module of modules.values()) readRoutes(module, modules, apps);
  const urls = emptyRouting();
  for (const module of modules.values()) readUrls(module, modules, urls);
  findRoots(urls, modules);
  return [...resolveMounts(apps), ...resolveMounts(urls)];
}
