import type { Node } from '../../../syntax/parse.ts';
import { type Endpoint, joinPaths } from '../endpoint.ts';
import { allOf, childrenOf, field, lineOf } from '../syntax.ts';
import { fromColons } from '../template.ts';
import { type Module, textOf } from './module.ts';

const VERBS: Record<string, string> = {
  Get: 'GET',
  Post: 'POST',
  Put: 'PUT',
  Patch: 'PATCH',
  Delete: 'DELETE',
  Head: 'HEAD',
  Options: 'OPTIONS',
  All: 'ANY',
};

/** What all controllers of a project have before their paths. */
export interface NestSettings {
  prefix: string;
  /** Versions are part of the path: `v`, or another prefix. */
  version: string | null;
}

/** `app.setGlobalPrefix('api')`, `app.enableVersioning()`. */
export function nestSettings(modules: Iterable<Module>): NestSettings {
  const settings: NestSettings = { prefix: '', version: null };
  for (const { root, texts } of modules) {
    for (const call of allOf(root, 'call_expression')) {
      const verb = field(field(call, 'function'), 'property')?.text;
      const [first] = childrenOf(field(call, 'arguments'));
      if (verb === 'setGlobalPrefix') settings.prefix = textOf(first ?? null, texts) ?? '';
      if (verb !== 'enableVersioning') continue;
      const isUri = !first || /VersioningType\.URI/.test(first.text) || !/\btype\s*:/.test(first.text);
      if (isUri) settings.version = /\bprefix\s*:\s*['"](\w*)['"]/.exec(first?.text ?? '')?.[1] ?? 'v';
    }
  }
  return settings;
}

/** The endpoints of the controllers in one file. */
export function nestEndpoints(module: Module, settings: NestSettings): Endpoint[] {
  return allOf(module.root, 'class_declaration').flatMap((node) => {
    const above = [...childrenOf(node), ...childrenOf(node.parent)].filter(({ type }) => type === 'decorator');
    const controller = above.map((each) => decoration(each, module)).find(({ name }) => name === 'Controller');
    return controller ? methodsOf(node, { controller, module, settings }) : [];
  });
}

interface Decoration {
  name: string;
  paths: string[];
  version: string | null;
}

function methodsOf(
  node: Node,
  { controller, module, settings }: { controller: Decoration; module: Module; settings: NestSettings },
): Endpoint[] {
  const endpoints: Endpoint[] = [];
  let pending: { said: Decoration; line: number }[] = [];
  for (const child of childrenOf(field(node, 'body'))) {
    if (child.type === 'decorator') pending.push({ said: decoration(child, module), line: lineOf(child) });
    else {
      const version = pending.find(({ said }) => said.name === 'Version')?.said.paths[0] ?? controller.version;
      const before = settings.version !== null && version !== null ? `${settings.version}${version}` : '';
      for (const { said, line } of pending.filter((each) => Object.hasOwn(VERBS, each.said.name))) {
        for (const prefix of controller.paths) {
          for (const path of said.paths.flatMap((each) =>
            fromColons(joinPaths(settings.prefix, before, prefix, each)),
          )) {
            endpoints.push({ method: VERBS[said.name]!, path, framework: 'nestjs', file: module.file, line });
          }
        }
      }
      pending = [];
    }
  }
  return endpoints;
}

/** `@Get(':id')`, `@Controller({ path: 'users', version: '1' })`, `@Post(['a', 'b'])`. */
function decoration(node: Node, { texts }: Module): Decoration {
  const [call] = childrenOf(node);
  const name = field(call, 'function')?.text ?? call?.text ?? '';
  const [first] = childrenOf(field(call, 'arguments'));
  const property = (key: string) => {
    const pair =
      first?.type === 'object' ? childrenOf(first).find((each) => field(each, 'key')?.text === key) : undefined;
    return field(pair, 'value');
  };
  const written = first?.type === 'object' ? property('path') : first;
  const nodes = written?.type === 'array' ? childrenOf(written) : written ? [written] : [];
  const paths = nodes.flatMap((each) => textOf(each, texts) ?? []);
  return { name, paths: paths.length > 0 ? paths : [''], version: textOf(property('version'), texts) };
}
