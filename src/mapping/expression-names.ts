/** What a parsed JSONata expression refers to: columns of the row and functions or variables. Pure. */

/** JSONata 2.2's functions, without the refused ones below. */
const FUNCTIONS: ReadonlySet<string> = new Set(
  `sum count max min average string substring substringBefore substringAfter lowercase uppercase length trim pad match contains replace
  split join formatNumber formatBase formatInteger parseInteger number floor ceil round abs sqrt power boolean not map zip filter single
  reduce sift keys lookup append exists spread merge reverse each error assert type sort distinct base64encode base64decode
  encodeUrlComponent encodeUrl decodeUrlComponent decodeUrl toMillis fromMillis clone`.split(/\s+/),
);

/** These answer something else at every call, so that each run would write everybody again; `eval` hides what it refers to. */
const REFUSED: ReadonlySet<string> = new Set(['now', 'millis', 'random', 'shuffle', 'eval']);

/** `$` is the current value, `$$` the row. */
const CONTEXTS: ReadonlySet<string> = new Set(['', '$']);

export interface ExpressionNames {
  /** Columns of the row, in order of appearance. Names looked up by `$lookup` are not among them. */
  readonly columns: readonly string[];
  /** Why the expression can't be used; empty when it can. */
  readonly problems: readonly string[];
}

type Node = Readonly<Record<string, unknown>>;

interface Found {
  readonly columns: Set<string>;
  readonly used: Set<string>;
  readonly bound: Set<string>;
}

/** Reads a JSONata syntax tree. */
export function namesIn(ast: unknown): ExpressionNames {
  const found: Found = { columns: new Set(), used: new Set(), bound: new Set() };
  visit(ast, true, found);
  const unbound = [...found.used].filter((name) => !found.bound.has(name) && !CONTEXTS.has(name));
  return {
    columns: [...found.columns],
    problems: unbound.flatMap((name) => {
      if (REFUSED.has(name)) return [`$${name} is not available: every run must map the same row to the same value`];
      return FUNCTIONS.has(name) ? [] : [`there is no function or variable $${name}`];
    }),
  };
}

/** The column when the expression is nothing but a column name. */
export function onlyColumn(ast: unknown): string | undefined {
  if (!isNode(ast) || ast['type'] !== 'path' || 'group' in ast || 'keepSingletonArray' in ast) return undefined;
  const steps = listOf(ast['steps']);
  const [step] = steps;
  if (steps.length !== 1 || !isNode(step) || Object.keys(step).some((key) => !PLAIN_STEP.has(key))) return undefined;
  return step['type'] === 'name' && typeof step['value'] === 'string' ? step['value'] : undefined;
}

const PLAIN_STEP: ReadonlySet<string> = new Set(['type', 'value', 'position']);

export type Piece = { readonly text: string } | { readonly column: string };

/** Texts and columns put one after the other; a missing column is left out. */
export interface Joining {
  readonly pieces: readonly Piece[];
  readonly separator: string;
}

/** The joining when the expression is nothing else: by `&`, or `$join` of a list with a fixed separator. */
export function joining(ast: unknown): Joining | undefined {
  const pieces = concatenation(ast);
  return pieces === undefined ? joinCall(ast) : { pieces, separator: '' };
}

function concatenation(ast: unknown): readonly Piece[] | undefined {
  if (!isNode(ast)) return undefined;
  if (ast['type'] === 'binary' && ast['value'] === '&' && isBareNode(ast)) {
    const left = concatenation(ast['lhs']);
    const right = concatenation(ast['rhs']);
    return left && right && [...left, ...right];
  }
  return piece(ast);
}

function joinCall(ast: unknown): Joining | undefined {
  if (!isNode(ast) || ast['type'] !== 'function' || ast['value'] !== '(' || !isBareNode(ast)) return undefined;
  const { procedure } = ast;
  if (!isNode(procedure) || procedure['type'] !== 'variable' || procedure['value'] !== 'join') return undefined;
  const [list, between, ...more] = listOf(ast['arguments']);
  const separator = between === undefined ? '' : textOf(between);
  if (more.length > 0 || separator === undefined) return undefined;
  if (!isNode(list) || list['type'] !== 'unary' || list['value'] !== '[' || !isBareNode(list)) return undefined;
  const pieces = listOf(list['expressions']).flatMap((item) => piece(item) ?? []);
  return pieces.length === listOf(list['expressions']).length ? { pieces, separator } : undefined;
}

function piece(ast: unknown): Piece[] | undefined {
  const text = textOf(ast);
  if (text !== undefined) return [{ text }];
  const column = onlyColumn(ast);
  return column === undefined ? undefined : [{ column }];
}

function textOf(ast: unknown): string | undefined {
  if (!isNode(ast) || ast['type'] !== 'string' || !isBareNode(ast)) return undefined;
  return typeof ast['value'] === 'string' ? ast['value'] : undefined;
}

/** Nothing is picked from, or grouped of, what the node answers. */
function isBareNode(node: Node): boolean {
  return !['predicate', 'stages', 'group', 'keepArray'].some((key) => key in node);
}

/** `atRow`: names here are columns, not members of something computed. */
function visit(value: unknown, atRow: boolean, found: Found): void {
  if (Array.isArray(value)) value.forEach((item) => visit(item, atRow, found));
  if (!isNode(value)) return;
  bindNames(value, found);
  switch (value['type']) {
    case 'path':
      visitSteps(listOf(value['steps']), atRow, found);
      break;
    case 'name':
      if (atRow && typeof value['value'] === 'string') found.columns.add(value['value']);
      break;
    case 'variable':
      if (typeof value['value'] === 'string') found.used.add(value['value']);
      break;
    default:
      for (const key of Object.keys(value)) if (!RELATIVE.has(key)) visit(value[key], atRow, found);
  }
  for (const key of RELATIVE) visit(value[key], false, found);
}

/** Members of a node that are evaluated against what the node selected, not against the row. */
const RELATIVE: ReadonlySet<string> = new Set(['predicate', 'stages', 'group']);

function visitSteps(steps: readonly unknown[], atRow: boolean, found: Found): void {
  const [first, second, ...rest] = steps;
  visit(first, atRow, found);
  visit(second, stays(first, atRow), found);
  visit(rest, false, found);
}

/** After `$$` a name is a column again; after `$` it is one where it was one before. */
function stays(first: unknown, atRow: boolean): boolean {
  if (!isNode(first) || first['type'] !== 'variable') return false;
  return first['value'] === '$' || (first['value'] === '' && atRow);
}

function bindNames(node: Node, { bound }: Found): void {
  const named = node['type'] === 'lambda' ? listOf(node['arguments']) : node['type'] === 'bind' ? [node['lhs']] : [];
  for (const name of named) if (isNode(name) && typeof name['value'] === 'string') bound.add(name['value']);
  for (const name of [node['focus'], node['index']]) if (typeof name === 'string') bound.add(name);
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
