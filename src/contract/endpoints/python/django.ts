import type { Node } from '../../../syntax/parse.ts';
import type { Routing } from '../mounts.ts';
import { allOf, field, lineOf } from '../syntax.ts';
import { fromAngles, fromRegex } from '../template.ts';
import { type Call, callOf, elementsOf, type Module, type Modules, textOf } from './module.ts';
import { resolveModule, whereIs } from './names.ts';
import { methodsOfView, viewSetOf } from './views.ts';

interface At {
  module: Module;
  modules: Modules;
  routing: Routing;
}

/** Lists of URL patterns and routers of DRF in one file: each is a router, `include` mounts it. */
export function readUrls(module: Module, modules: Modules, routing: Routing): void {
  const at: At = { module, modules, routing };
  for (const node of allOf(module.root, 'assignment', 'augmented_assignment')) {
    const name = field(node, 'left')?.text ?? '';
    const value = field(node, 'right');
    const call = callOf(value);
    if (call && /(?:^|\.)(?:Default|Simple|Nested\w*)Router$/.test(call.called)) declare(at, name);
    else if (value && isPatterns(value)) patterns(at, declare(at, name), value);
  }
  for (const node of allOf(module.root, 'call')) {
    const call = callOf(node)!;
    if (call.called.endsWith('.register') && call.args.length >= 2) register(at, call);
    const extended = /^(\w+)\.extend$/.exec(call.called)?.[1];
    if (extended && call.args[0] && isPatterns(call.args[0])) patterns(at, declare(at, extended), call.args[0]);
  }
}

function declare({ module, routing }: At, name: string): string {
  const id = `${module.file}#${name}`;
  if (!routing.routers.has(id)) routing.routers.set(id, { id, framework: 'django', prefix: '', isRoot: false });
  return id;
}

const ENTRY = /(?:^|\.)(?:path|re_path|url)$/;

function isPatterns(node: Node): boolean {
  return listsOf(node).some((list) => elementsOf(list).some((each) => ENTRY.test(callOf(each)?.called ?? '')));
}

/** The lists in `[…] + [*other] + router.urls`, also those in `i18n_patterns(…)` and `format_suffix_patterns(…)`. */
function listsOf(node: Node): Node[] {
  if (node.type === 'binary_operator')
    return [field(node, 'left'), field(node, 'right')].flatMap((each) => (each ? listsOf(each) : []));
  return node.type === 'call' ? (callOf(node)?.args ?? []).flatMap(listsOf) : [node];
}

function patterns(at: At, parent: string, node: Node): void {
  for (const list of listsOf(node)) {
    if (list.type === 'attribute') include(at, parent, { prefix: '', target: list });
    for (const each of elementsOf(list)) {
      const inner = each.type === 'list_splat' ? each.namedChild(0) : null;
      if (inner) include(at, parent, { prefix: '', target: inner });
      const call = callOf(each);
      if (call && ENTRY.test(call.called)) entry(at, parent, call);
    }
  }
}

/** `path('users/', views.users)`, `re_path(r'^api/', include('app.urls'))` */
function entry(at: At, parent: string, { node, called, args, named }: Call): void {
  const { module, modules, routing } = at;
  const written = textOf(args[0] ?? named.get('route'), module.texts);
  const view = args[1] ?? named.get('view');
  if (!view) return;
  const prefix =
    written === null
      ? null
      : called.endsWith('re_path') || called.endsWith('url')
        ? fromRegex(written)
        : fromAngles(written);
  const inner = callOf(view);
  const included = inner && /(?:^|\.)include$/.test(inner.called) ? inner.args[0] : undefined;
  if (included) return include(at, parent, { prefix, target: included });
  if (view.type === 'attribute' && view.text.endsWith('.urls')) return include(at, parent, { prefix, target: view });
  if (prefix === null) return;
  for (const method of methodsOfView(view, module, modules)) {
    routing.routes.push({ router: parent, method, path: prefix, file: module.file, line: lineOf(node) });
  }
}

/** `'app.urls'`, `urls`, `(patterns, 'name')`, `router.urls`, or a list there and then. */
function include(at: At, parent: string, { prefix, target }: { prefix: string | null; target: Node }): void {
  const { module, modules, routing } = at;
  const mount = (child: string) => void routing.mounts.push({ parent, child, prefix });
  if (target.type === 'tuple') {
    const [first] = elementsOf(target);
    if (first) include(at, parent, { prefix, target: first });
    return;
  }
  const name = textOf(target, module.texts);
  if (name !== null) {
    const file = resolveModule(module.file, name, modules)?.file;
    if (file) mount(`${file}#urlpatterns`);
  } else if (target.type === 'list') {
    const id = declare(at, `@${target.id}`);
    mount(id);
    patterns(at, id, target);
  } else if (target.type === 'attribute' || target.type === 'identifier') {
    const found = whereIs(module, target.text.replace(/\.urls$/, ''), modules);
    if (found) mount(`${found.module.file}#${found.name || 'urlpatterns'}`);
  }
}

/** `router.register(r'users', UserViewSet)` */
function register(at: At, { called, args, node }: Call): void {
  const { module, modules, routing } = at;
  const found = whereIs(module, called.slice(0, -'.register'.length), modules);
  const prefix = textOf(args[0], module.texts);
  if (!found || prefix === null || !args[1]) return;
  const { actions, extra, allowed, lookup } = viewSetOf(args[1].text, module, modules);
  const base = prefix.replace(/\(\?P<(\w+)>[^)]*\)/g, '{$1}');
  const detail = `${base}/{${lookup}}`;
  const router = `${found.module.file}#${found.name}`;
  const add = (method: string, path: string, place = { file: module.file, line: lineOf(node) }) => {
    if (allowed && method !== 'ANY' && !allowed.includes(method.toLowerCase())) return;
    routing.routes.push({ router, method, path, ...place });
  };
  if (actions === null) for (const path of [base, detail]) add('ANY', path);
  for (const action of actions ?? []) add(BY_ACTION[action]!, action === 'list' || action === 'create' ? base : detail);
  for (const { methods, detail: isDetail, path, ...place } of extra) {
    for (const method of methods) add(method, `${isDetail ? detail : base}/${path}`, place);
  }
}

const BY_ACTION: Record<string, string> = {
  list: 'GET',
  create: 'POST',
  retrieve: 'GET',
  update: 'PUT',
  partial_update: 'PATCH',
  destroy: 'DELETE',
};

/** A list of patterns that nothing includes is the project's own: it includes others, or it is the only one. */
export function findRoots({ routers, mounts }: Routing, modules: Modules): void {
  const lists = [...routers.values()].filter(({ framework }) => framework === 'django');
  const included = new Set(mounts.map(({ child }) => child));
  const free = lists.filter(({ id }) => id.endsWith('#urlpatterns') && !included.has(id));
  for (const router of free) {
    const text = modules.get(router.id.slice(0, -'#urlpatterns'.length))?.root.text ?? '';
    router.isRoot =
      free.length === 1 || /\badmin\.site\b/.test(text) || mounts.some(({ parent }) => parent === router.id);
  }
}
