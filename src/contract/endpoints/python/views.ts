import type { Node } from '../../../syntax/parse.ts';
import { allOf, childrenOf, field } from '../syntax.ts';
import { type Call, callOf, elementsOf, type Module, type Modules, textOf } from './module.ts';
import { whereIs } from './names.ts';

const VERBS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'];

/** What generic views of Django and DRF answer to. */
const GENERIC: Record<string, string[]> = {
  ListAPIView: ['get'],
  RetrieveAPIView: ['get'],
  CreateAPIView: ['post'],
  DestroyAPIView: ['delete'],
  UpdateAPIView: ['put', 'patch'],
  ListCreateAPIView: ['get', 'post'],
  RetrieveUpdateAPIView: ['get', 'put', 'patch'],
  RetrieveDestroyAPIView: ['get', 'delete'],
  RetrieveUpdateDestroyAPIView: ['get', 'put', 'patch', 'delete'],
  ListView: ['get'],
  DetailView: ['get'],
  TemplateView: ['get'],
  FormView: ['get', 'post'],
  CreateView: ['get', 'post'],
  UpdateView: ['get', 'post'],
  DeleteView: ['get', 'post'],
};

/** What a view set does by its bases. */
const SETS: Record<string, string[]> = {
  ModelViewSet: ['list', 'create', 'retrieve', 'update', 'partial_update', 'destroy'],
  ReadOnlyModelViewSet: ['list', 'retrieve'],
  ListModelMixin: ['list'],
  CreateModelMixin: ['create'],
  RetrieveModelMixin: ['retrieve'],
  UpdateModelMixin: ['update', 'partial_update'],
  DestroyModelMixin: ['destroy'],
};

const ACTIONS = new Set(Object.values(SETS).flat());

/** A class with those of its bases that are of this project. */
interface Lineage {
  classes: { node: Node; module: Module }[];
  /** Names of bases from elsewhere. */
  others: string[];
}

/** Deeper is a loop. */
const MAX_BASES = 20;

/** Methods of a view in `path(…)`, upper case; `ANY` where nobody tells. */
export function methodsOfView(view: Node, module: Module, modules: Modules): string[] {
  const call = callOf(view);
  if (call?.called.endsWith('.as_view')) {
    const [mapping] = call.args;
    if (mapping?.type === 'dictionary') return upper(keysOf(mapping));
    return methodsOfClass(call.called.slice(0, -'.as_view'.length), module, modules);
  }
  if (call) return call.args[0] ? methodsOfView(call.args[0], module, modules) : ['ANY']; // login_required(view)
  const found = whereIs(module, view.text, modules);
  const node = found?.module.functions.get(found.name);
  return node ? methodsOfFunction(node) : ['ANY'];
}

/** `@api_view(['GET'])`, `@require_http_methods(['GET'])`, `@require_POST`. */
function methodsOfFunction(node: Node): string[] {
  for (const decorator of childrenOf(node.parent).filter(({ type }) => type === 'decorator')) {
    const [inner] = childrenOf(decorator);
    const call = callOf(inner);
    const name = call?.called ?? inner?.text ?? '';
    const listed = elementsOf(call?.args[0]).flatMap((each) => textOf(each, new Map()) ?? []);
    if (/\b(?:api_view|require_http_methods)$/.test(name)) return listed.length > 0 ? upper(listed) : ['GET'];
    const one = /\brequire_(GET|POST|safe)$/.exec(name)?.[1];
    if (one) return [one === 'safe' ? 'GET' : one];
  }
  return ['ANY'];
}

function methodsOfClass(dotted: string, module: Module, modules: Modules): string[] {
  const line = lineageOf(dotted, module, modules);
  const own = line.classes.flatMap(({ node }) => methodNames(node)).filter((name) => VERBS.includes(name));
  const generic = line.others.flatMap((name) => GENERIC[name] ?? []);
  const all = [...new Set([...own, ...generic])];
  if (all.length === 0) return ['ANY'];
  const allowed = allowedOf(line);
  return upper(allowed ? all.filter((each) => allowed.includes(each)) : all);
}

export interface ViewSet {
  /** `list`, `retrieve`, …; null when nothing tells what it can do. */
  actions: string[] | null;
  extra: { methods: string[]; detail: boolean; path: string; line: number; file: string }[];
  allowed: string[] | null;
  /** `pk`, or what looks objects up instead. */
  lookup: string;
}

/** What a view set of DRF does. */
export function viewSetOf(dotted: string, module: Module, modules: Modules): ViewSet {
  const line = lineageOf(dotted, module, modules);
  const named = line.others.flatMap((name) => SETS[name] ?? []);
  const defined = line.classes.flatMap(({ node }) => methodNames(node)).filter((name) => ACTIONS.has(name));
  const actions = [...new Set([...named, ...defined])];
  const lookup = settingOf(line, 'lookup_url_kwarg') ?? settingOf(line, 'lookup_field');
  return {
    actions: actions.length === 0 && line.classes.length === 0 ? null : actions,
    extra: line.classes.flatMap(extraActions),
    allowed: allowedOf(line),
    lookup: (lookup && textOf(lookup, new Map())) || 'pk',
  };
}

/** `@action(detail=True, methods=['post'], url_path='close')` */
function extraActions({ node, module }: { node: Node; module: Module }): ViewSet['extra'] {
  return allOf(node, 'decorated_definition').flatMap((decorated) => {
    const name = field(field(decorated, 'definition'), 'name')?.text ?? '';
    const calls = childrenOf(decorated).map((each) => (each.type === 'decorator' ? callOf(childrenOf(each)[0]) : null));
    const call = calls.find((each): each is Call => each !== null && /(?:^|\.)action$/.test(each.called));
    if (!call) return [];
    const methods = elementsOf(call.named.get('methods')).flatMap((each) => textOf(each, new Map()) ?? []);
    return [
      {
        methods: upper(methods.length > 0 ? methods : ['get']),
        detail: (call.named.get('detail') ?? call.args[0])?.type === 'true',
        path: textOf(call.named.get('url_path'), module.texts) ?? name,
        line: call.node.startPosition.row + 1,
        file: module.file,
      },
    ];
  });
}

function lineageOf(dotted: string, module: Module, modules: Modules): Lineage {
  const line: Lineage = { classes: [], others: [] };
  const waiting = [{ dotted, module }];
  for (let each = waiting.shift(); each && line.classes.length < MAX_BASES; each = waiting.shift()) {
    const found = whereIs(each.module, each.dotted, modules);
    const node = found?.module.classes.get(found.name);
    if (!found || !node) {
      line.others.push(each.dotted.slice(each.dotted.lastIndexOf('.') + 1));
      continue;
    }
    line.classes.push({ node, module: found.module });
    const bases = childrenOf(field(node, 'superclasses')).filter(({ type }) =>
      ['identifier', 'attribute'].includes(type),
    );
    waiting.push(...bases.map((base) => ({ dotted: base.text, module: found.module })));
  }
  return line;
}

function methodNames(node: Node): string[] {
  return allOf(node, 'function_definition').map((each) => field(each, 'name')?.text ?? '');
}

/** `http_method_names = ['get', 'post']` */
function allowedOf(line: Lineage): string[] | null {
  const written = settingOf(line, 'http_method_names');
  return written ? elementsOf(written).flatMap((each) => textOf(each, new Map())?.toLowerCase() ?? []) : null;
}

function settingOf({ classes }: Lineage, name: string): Node | null {
  for (const { node } of classes) {
    const found = allOf(node, 'assignment').find((each) => field(each, 'left')?.text === name);
    if (found) return field(found, 'right');
  }
  return null;
}

function keysOf(dictionary: Node): string[] {
  return childrenOf(dictionary).flatMap((pair) => textOf(field(pair, 'key'), new Map()) ?? []);
}

function upper(methods: readonly string[]): string[] {
  return methods.map((each) => each.toUpperCase());
}
