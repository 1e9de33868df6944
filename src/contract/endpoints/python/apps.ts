import type { Node } from '../../../syntax/parse.ts';
import type { Framework } from '../endpoint.ts';
import type { Routing } from '../mounts.ts';
import { allOf, childrenOf, field, lineOf } from '../syntax.ts';
import { fromAngles, fromBraces } from '../template.ts';
import { type Call, callOf, elementsOf, type Module, type Modules, textOf } from './module.ts';
import { whereIs } from './names.ts';

const MAKERS: Record<string, { framework: Framework; isRoot: boolean; prefix: string }> = {
  FastAPI: { framework: 'fastapi', isRoot: true, prefix: '' },
  APIRouter: { framework: 'fastapi', isRoot: false, prefix: 'prefix' },
  Flask: { framework: 'flask', isRoot: true, prefix: '' },
  Blueprint: { framework: 'flask', isRoot: false, prefix: 'url_prefix' },
};

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'];

/** Applications, routers and blueprints of FastAPI and Flask in one file. */
export function readRouters(module: Module, routing: Routing): void {
  for (const node of allOf(module.root, 'assignment')) made(module, routing, node);
}

/** Routes and mounts in one file; the routers of all files are known. */
export function readRoutes(module: Module, modules: Modules, routing: Routing): void {
  const at: At = { module, modules, routing };
  for (const node of allOf(module.root, 'decorated_definition')) {
    for (const each of childrenOf(node).filter(({ type }) => type === 'decorator')) {
      const call = callOf(childrenOf(each)[0]);
      if (call) decorated(at, call);
    }
  }
  for (const node of allOf(module.root, 'call')) called(at, callOf(node)!);
}

interface At {
  module: Module;
  modules: Modules;
  routing: Routing;
}

function made(module: Module, routing: Routing, node: Node): void {
  const call = callOf(field(node, 'right'));
  const maker = call && Object.entries(MAKERS).find(([name]) => isCalled(call, name));
  const name = field(node, 'left')?.text;
  if (!call || !maker || !name) return;
  const { framework, isRoot, prefix: key } = maker[1];
  const written = key === '' ? undefined : call.named.get(key);
  const prefix = textOf(written, module.texts);
  const id = `${module.file}#${name}`;
  const isKnown = written === undefined || prefix !== null;
  const router = { id, framework, prefix: templated(framework, prefix ?? ''), isRoot };
  routing.routers.set(id, isKnown ? router : { ...router, isUnclear: true });
}

function isCalled({ called }: Call, name: string): boolean {
  return called === name || called.endsWith(`.${name}`);
}

/** `@router.get("/users")`, `@app.route("/users", methods=["POST"])` */
function decorated(at: At, call: Call): void {
  const { router, verb } = targetOf(at, call);
  if (router === null) return;
  if (METHODS.includes(verb)) add(at, call, { router, methods: [verb], path: call.args[0] ?? call.named.get('path') });
  if (verb === 'route' || verb === 'api_route') {
    const path = call.args[0] ?? call.named.get('rule') ?? call.named.get('path');
    add(at, call, { router, methods: methodsIn(call) ?? ['get'], path });
  }
}

function called(at: At, call: Call): void {
  const { router, verb } = targetOf(at, call);
  if (router === null) return;
  const [first, second] = call.args;
  if (verb === 'include_router')
    mount(at, router, { target: first ?? call.named.get('router'), prefix: call.named.get('prefix') });
  if (verb === 'mount')
    mount(at, router, { target: second ?? call.named.get('app'), prefix: first ?? call.named.get('path') });
  if (verb === 'register_blueprint') {
    mount(at, router, {
      target: first ?? call.named.get('blueprint'),
      prefix: call.named.get('url_prefix'),
      replaces: true,
    });
  }
  if (verb === 'add_api_route' || verb === 'add_url_rule') {
    const view = call.named.get('view_func') ?? call.args[2];
    const methods = methodsIn(call) ?? methodsOfView(at, view) ?? ['get'];
    add(at, call, { router, methods, path: first ?? call.named.get('path') ?? call.named.get('rule') });
  }
}

/** The router that is meant by what stands before the last dot. */
function targetOf({ module, modules, routing }: At, { called }: Call): { router: string | null; verb: string } {
  const dot = called.lastIndexOf('.');
  if (dot < 0) return { router: null, verb: called };
  const verb = called.slice(dot + 1);
  return { router: routerAt({ module, modules, routing }, called.slice(0, dot)), verb };
}

function routerAt({ module, modules, routing }: At, dotted: string): string | null {
  if (routing.routers.has(`${module.file}#${dotted}`)) return `${module.file}#${dotted}`;
  const found = whereIs(module, dotted, modules);
  return found && `${found.module.file}#${found.name}`;
}

function add(
  { module, routing }: At,
  { node }: Call,
  of: { router: string; methods: string[]; path: Node | undefined },
): void {
  const path = textOf(of.path, module.texts);
  const framework = routing.routers.get(of.router)?.framework ?? 'fastapi';
  if (path === null) return;
  for (const method of of.methods) {
    const route = { router: of.router, method: method.toUpperCase(), path: templated(framework, path) };
    routing.routes.push({ ...route, file: module.file, line: lineOf(node) });
  }
}

function templated(framework: Framework, path: string): string {
  return framework === 'flask' ? fromAngles(path) : fromBraces(path);
}

function methodsIn({ named }: Call): string[] | null {
  const written = named.get('methods');
  return written ? elementsOf(written).flatMap((each) => textOf(each, new Map()) ?? []) : null;
}

/** `UserView.as_view("user")`: what the class defines. */
function methodsOfView({ module, modules }: At, view: Node | undefined): string[] | null {
  const name = /^([\w.]+)\.as_view/.exec(view?.text ?? '')?.[1];
  const found = name ? whereIs(module, name, modules) : null;
  const node = found?.module.classes.get(found.name);
  if (!node) return null;
  const names = allOf(node, 'function_definition').map((each) => field(each, 'name')?.text ?? '');
  return names.filter((each) => METHODS.includes(each));
}

function mount(
  at: At,
  parent: string,
  { target, prefix, replaces }: { target: Node | undefined; prefix: Node | undefined; replaces?: boolean },
): void {
  const child = target && ['identifier', 'attribute'].includes(target.type) ? routerAt(at, target.text) : null;
  if (child === null) return;
  const said = textOf(prefix, at.module.texts);
  const framework = at.routing.routers.get(parent)?.framework ?? 'fastapi';
  at.routing.mounts.push({
    parent,
    child,
    prefix: prefix === undefined ? '' : said === null ? null : templated(framework, said),
    ...(replaces && prefix !== undefined && { replaces }),
  });
}
