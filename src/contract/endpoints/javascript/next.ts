import { type Endpoint, joinPaths } from '../endpoint.ts';
import { allOf, lineOf } from '../syntax.ts';
import type { Module } from './module.ts';

const HANDLER = /(?:^|\/)(app\/(?:.*\/)?)route\.[cm]?[jt]sx?$/;
const VERBS = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']);

/** A route handler's path is the name of its folder, its methods are what it exports. */
export function nextEndpoints({ file, root, exports }: Module): Endpoint[] {
  const folder = HANDLER.exec(file)?.[1];
  if (!folder) return [];
  const parts = folder
    .split('/')
    .slice(1)
    .filter((part) => !/^(?:\(.*\)|@.*)$/.test(part)); // groups and slots
  const path = joinPaths(
    ...parts.map((part) => part.replace(/^\[{1,2}\.\.\.(\w+)\]{1,2}$/, '{*$1}').replace(/^\[(\w+)\]$/, '{$1}')),
  );
  return [...exports.keys()]
    .filter((name) => VERBS.has(name))
    .map((method) => {
      const name = allOf(root, 'identifier').find(({ text }) => text === method);
      return { method, path, framework: 'nextjs', file, line: name ? lineOf(name) : 1 };
    });
}
