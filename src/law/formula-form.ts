import { CONSTANTS } from './formula-scan.js';
import { call, fromNode, loadMathjs, namesIn, number, substitute, type Tree, toText } from './formula-tree.js';

// What can be read off the form of a formula: its derivatives, where it is linear, what must be above 0.

/** The same function with powers in denominators as negative powers: their derivatives do not overflow, nor cancel. */
export function normalize(tree: Tree): Tree {
  if (tree.kind !== 'call') return tree;
  const args = tree.args.map(normalize);
  return tree.operation === '/' ? divide(args[0], args[1]) : call(tree.operation, ...args);
}

function divide(above: Tree, below: Tree): Tree {
  if (below.kind !== 'call') return call('/', above, below);
  const [a, b] = below.args;
  if (below.operation === '^' && b.kind !== 'number') return call('*', above, call('^', a, call('negate', b)));
  return below.operation === '*' ? divide(divide(above, a), b) : call('/', above, below);
}

/** The symbolic derivatives of a normalized formula, one a parameter. */
export async function differentiate(tree: Tree, params: readonly string[], subject: string): Promise<Tree[]> {
  const { parse, derivative } = await loadMathjs();
  const node = parse(toText(prepare(tree)));
  // Not simplified: that takes mathjs minutes on a long formula. `call` drops the zeros and ones.
  return params.map(param => fromNode(derivative(node, param, { simplify: false }), subject));
}

/** Writes what mathjs cannot differentiate, or only so that it overflows, by what it can. */
function prepare(tree: Tree): Tree {
  if (tree.kind !== 'call') return tree;
  const [a, b] = tree.args.map(prepare);
  if (tree.operation === 'log2') return call('/', call('log', a), number(Math.LN2));
  if (tree.operation === 'sigmoid') return half(a);
  if (tree.operation === '/') {
    // a / (1 + exp(u)): the derivative holds exp(u) / (1 + exp(u))^2, infinite over infinite from u = 710 on.
    const steep = onePlusExp(b);
    if (steep) return call('*', a, half(call('negate', steep)));
  }
  return b === undefined ? call(tree.operation, a) : call(tree.operation, a, b);
}

/** sigmoid(u) = (1 + tanh(u / 2)) / 2, whose derivative in sech is exact at both ends. */
const half = (u: Tree) => call('+', number(0.5), call('*', number(0.5), call('tanh', call('/', u, number(2)))));

function onePlusExp(tree: Tree): Tree | null {
  if (tree.kind !== 'call' || tree.operation !== '+') return null;
  const one = tree.args.findIndex(arg => arg.kind === 'number' && arg.value === 1);
  const other = tree.args[1 - one];
  return one >= 0 && other.kind === 'call' && other.operation === 'exp' ? other.args[0] : null;
}

/**
 * Parameters in which the formula is linear, together and without a rest: all at 0, it is 0. The first ones come first
 * where only one of two can be taken (a * (b + x) is linear in a, or in b, not in both).
 */
export function linearParams(tree: Tree, params: readonly string[], slopes: readonly Tree[]): string[] {
  const taken: string[] = [];
  const uses = slopes.map(slope => new Set(namesIn(slope)));
  params.forEach((param, k) => {
    const free = !uses[k].has(param) && taken.every(other => !uses[k].has(other));
    if (free && taken.every(other => !uses[params.indexOf(other)].has(param))) taken.push(param);
  });
  const rest = substitute(tree, new Map(taken.map(param => [param, number(0)])));
  return rest.kind === 'number' && rest.value === 0 ? taken : [];
}

/** Names that must be above 0: those whose product is raised to a power that is no number, or whose logarithm is taken. */
export function positiveNames(tree: Tree): Set<string> {
  if (tree.kind !== 'call') return new Set();
  const [a, b] = tree.args;
  const logged = ['log', 'log2', 'log10'].includes(tree.operation) || (tree.operation === '^' && b.kind !== 'number');
  const here = logged ? (factorNames(a) ?? []) : [];
  return new Set([...here, ...tree.args.flatMap(arg => [...positiveNames(arg)])]);
}

/** Names of a product of names, numbers and their powers; null where there is a sum, whose parts may have any sign. */
function factorNames(tree: Tree): string[] | null {
  if (tree.kind === 'number') return tree.value > 0 ? [] : null;
  if (tree.kind === 'name') return [tree.name];
  if (tree.operation === '^') return factorNames(tree.args[0]);
  if (tree.operation !== '*' && tree.operation !== '/') return tree.operation === 'exp' ? [] : null;
  const parts = tree.args.map(factorNames);
  return parts.every(part => part !== null) ? parts.flat() : null;
}

/** The summands of a formula, signs dropped. */
export function summands(tree: Tree): Tree[] {
  const sum = tree.kind === 'call' && ['+', '-', 'negate'].includes(tree.operation);
  return sum ? tree.args.flatMap(summands) : [tree];
}

/** Parameters that occur with this input and no other, in summands of the formula that hold it: only it tells them apart. */
export function drivenBy(input: string, { tree, inputs }: { tree: Tree; inputs: readonly string[] }): string[] {
  const names = summands(tree).map(namesIn);
  const withOthers = names.filter(list => list.some(name => name !== input && inputs.includes(name))).flat();
  const own = names.filter(list => list.includes(input)).flat();
  return [...new Set(own)].filter(name => !inputs.includes(name) && !withOthers.includes(name));
}

/** Names of a formula that are neither inputs nor constants, as they come. */
export const freeNames = (tree: Tree, inputs: readonly string[]) =>
  namesIn(tree).filter(name => !inputs.includes(name) && !Object.hasOwn(CONSTANTS, name));
