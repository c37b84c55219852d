import { fail, shown } from '../base/index.js';
import { CONSTANTS, FUNCTIONS, LIMITS, scanFormula } from './formula-scan.js';

/** What a formula may be made of once it is read; sech and sign come from derivatives alone. */
export type Operation =
  | '+'
  | '-'
  | '*'
  | '/'
  | '^'
  | 'negate'
  | 'exp'
  | 'log'
  | 'log10'
  | 'log2'
  | 'sqrt'
  | 'abs'
  | 'sin'
  | 'cos'
  | 'atan'
  | 'tanh'
  | 'sigmoid'
  | 'sech'
  | 'sign';

/** A formula as a tree of our own: numbers, names, and operations on one or two of them. */
export type Tree =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'call'; readonly operation: Operation; readonly args: readonly Tree[] };

export const number = (value: number): Tree => ({ kind: 'number', value });
export const name = (text: string): Tree => ({ kind: 'name', name: text });

/** A node of mathjs' tree. Only the fields that its type has are present. */
export interface Node {
  readonly type: string;
  readonly content?: Node;
  readonly value?: unknown;
  readonly name?: string;
  readonly op?: string;
  readonly fn?: string | { readonly name?: string };
  readonly args?: readonly Node[];
}

/** What each operation computes. The two-argument ones are the five signs. */
export const COMPUTE: Readonly<Record<Operation, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '^': (a, b) => a ** b,
  negate: a => -a,
  exp: Math.exp,
  log: Math.log,
  log10: Math.log10,
  log2: Math.log2,
  sqrt: Math.sqrt,
  abs: Math.abs,
  sin: Math.sin,
  cos: Math.cos,
  atan: Math.atan,
  tanh: Math.tanh,
  sigmoid: a => 1 / (1 + Math.exp(-a)),
  sech: a => 1 / Math.cosh(a),
  sign: Math.sign,
};

const is = (tree: Tree, value: number) => tree.kind === 'number' && tree.value === value;
const isCall = (tree: Tree, operation: Operation): tree is Extract<Tree, { kind: 'call' }> =>
  tree.kind === 'call' && tree.operation === operation;

/** An operation on trees, with numbers worked out and the laws of 0 and 1 applied: raw derivatives are full of both. */
export function call(operation: Operation, ...args: readonly Tree[]): Tree {
  const [a, b = a] = args;
  if (a.kind === 'number' && b.kind === 'number') return number(COMPUTE[operation](a.value, b.value));
  if (operation === '+' && is(a, 0)) return b;
  if ((operation === '+' || operation === '-') && is(b, 0)) return a;
  if (operation === '-' && is(a, 0)) return call('negate', b);
  if (operation === '*' && (is(a, 0) || is(b, 0))) return number(0);
  if (operation === '*' && is(a, 1)) return b;
  if ((operation === '*' || operation === '/' || operation === '^') && is(b, 1)) return a;
  if (operation === '*' && is(a, -1)) return call('negate', b);
  if (operation === '*' && is(b, -1)) return call('negate', a);
  if (operation === '/' && is(a, 0)) return number(0);
  // The derivative of |u| comes as |u| / u, which is no number at u = 0.
  if (operation === '/' && isCall(a, 'abs') && toText(a.args[0]) === toText(b)) return call('sign', b);
  if (operation === '^' && is(b, 0)) return number(1);
  if (operation === 'negate' && isCall(a, 'negate')) return a.args[0];
  return { kind: 'call', operation, args };
}

/** The tree of a user's formula; anything but arithmetic on numbers, names and known functions is refused. */
export async function readFormula(text: string, subject: string): Promise<Tree> {
  scanFormula(text, subject);
  const { parse } = await loadMathjs();
  const tree = fromNode(parseText(parse, text, subject), subject);
  if (depthOf(tree) > LIMITS.depth)
    fail(`${subject} must be at most ${LIMITS.depth} operations deep, got ${depthOf(tree)}`);
  checkNumbers(tree, text, subject);
  return tree;
}

let mathjs: ReturnType<typeof importMathjs> | undefined;

/** mathjs takes 0.8 to 3 s to load, so only who reads formulas waits for it, once; its part for plain numbers suffices. */
export function loadMathjs() {
  mathjs ??= importMathjs();
  return mathjs;
}

async function importMathjs() {
  const { create, parseDependencies, derivativeDependencies } = await import('mathjs/number');
  return create({ parseDependencies, derivativeDependencies });
}

function parseText(parse: (text: string) => Node, text: string, subject: string): Node {
  try {
    return parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/\(char (\d+)\)/, 'at character $1') : '';
    return fail(`${subject} must be a complete formula, got ${shown(text)}: ${reason}`);
  }
}

const SIGNS: readonly string[] = ['+', '-', '*', '/', '^'];

/** Takes over the few kinds of node that a formula may have. */
export function fromNode(node: Node, subject: string): Tree {
  const { type, content, value, name: symbol, op, fn, args: nodes = [] } = node;
  const refuse = (what: unknown) => fail(`${subject} must be arithmetic on numbers and names, got ${shown(what)}`);
  if (type === 'ParenthesisNode' && content) return fromNode(content, subject);
  if (type === 'ConstantNode') return typeof value === 'number' ? number(value) : refuse(value);
  if (type === 'SymbolNode' && symbol)
    return Object.hasOwn(CONSTANTS, symbol) ? number(CONSTANTS[symbol]) : name(symbol);
  const args = nodes.map(inner => fromNode(inner, subject));
  if (type === 'FunctionNode' && typeof fn === 'object' && fn.name) return fromCall(fn.name, args, subject);
  if (type !== 'OperatorNode' || op === undefined) return refuse(type);
  if (fn === 'unaryMinus') return call('negate', ...args);
  if (fn === 'unaryPlus') return args[0];
  return SIGNS.includes(op) && args.length === 2 ? call(op as Operation, ...args) : refuse(op);
}

function fromCall(called: string, args: readonly Tree[], subject: string): Tree {
  const wanted = called === 'pow' ? 2 : 1;
  if (args.length !== wanted) {
    const hint = called === 'log' ? '; for another base divide: ln(x) / ln(base)' : '';
    fail(`${subject} must give ${called} ${wanted} argument${wanted > 1 ? 's' : ''}, got ${args.length}${hint}`);
  }
  if (called === 'pow') return call('^', ...args);
  if (called === 'ln') return call('log', ...args);
  const known: readonly string[] = [...FUNCTIONS, 'sech'];
  return known.includes(called) ? call(called as Operation, ...args) : fail(`${subject} must not call ${called}`);
}

const depthOf = (tree: Tree): number => (tree.kind === 'call' ? 1 + Math.max(...tree.args.map(depthOf)) : 0);

/** Numbers worked out beforehand can leave the range of doubles (9^9^9) or be none (ln(-1)). */
function checkNumbers(tree: Tree, text: string, subject: string): void {
  if (tree.kind === 'number' && !Number.isFinite(tree.value))
    fail(`${subject} must have finite numbers in all its parts, got ${tree.value} in ${shown(text)}`);
  if (tree.kind === 'call') for (const arg of tree.args) checkNumbers(arg, text, subject);
}

/** A tree as text that mathjs reads. */
export function toText(tree: Tree): string {
  if (tree.kind === 'number') return tree.value < 0 ? `(${tree.value})` : String(tree.value);
  if (tree.kind === 'name') return tree.name;
  const args = tree.args.map(toText);
  if (tree.operation === 'negate') return `(-${args[0]})`;
  return args.length === 2 ? `(${args.join(` ${tree.operation} `)})` : `${tree.operation}(${args[0]})`;
}

/** Every name in a tree, once each, as they come. */
export function namesIn(tree: Tree): string[] {
  if (tree.kind === 'number') return [];
  return tree.kind === 'name' ? [tree.name] : [...new Set(tree.args.flatMap(namesIn))];
}

/** The tree with other trees in place of some names. */
export function substitute(tree: Tree, values: ReadonlyMap<string, Tree>): Tree {
  if (tree.kind === 'name') return values.get(tree.name) ?? tree;
  return tree.kind === 'number' ? tree : call(tree.operation, ...tree.args.map(arg => substitute(arg, values)));
}
