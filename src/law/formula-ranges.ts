import { extent } from 'simple-statistics';
import type { Columns } from '../base/index.js';
import { COMPUTE, type Operation, type Tree } from './formula-tree.js';

type Range = readonly [number, number];
type Sizes = Float64Array | null;

/** A parameter in its place: the response holds factor * parameter^power, inside `place`. */
interface Setting {
  readonly factor: Sizes;
  readonly power: number;
  readonly place: 'exponent' | 'base' | 'inside' | 'top' | 'beside';
  /** The sign that the formula writes before it. */
  readonly sign: number;
}

/**
 * Where to look for a parameter, judged by its place in the formula and by the data: beside an input (x - c) in that
 * input's range; as a rate (k * x) up to where the product is 10 at its largest; as the exponent of an input, 0.02 to 1
 * where it is written with a minus or below a fraction bar, else -1 to 1; under a free power with an input, around its
 * values; as a factor up to the size of the response.
 */
export function searchRange(tree: Tree, param: string, data: RangeData): Range {
  const setting = settingOf(tree, param, data) ?? { factor: null, power: 1, place: 'inside', sign: 1 };
  const range = rangeOf(setting, data);
  const [from, to] = range.every(Number.isFinite) && range[0] < range[1] ? range : [-1, 1];
  if (!data.positive.has(param)) return [from, to];
  // Walked by factors: both ends above 0, and room for three decades.
  const most = Math.max(Math.abs(from), Math.abs(to));
  return [from > 0 ? from : most * 1e-3, most];
}

export interface RangeData {
  readonly columns: Columns;
  readonly inputs: readonly string[];
  readonly response: string;
  readonly positive: ReadonlySet<string>;
}

function rangeOf({ factor, power, place, sign }: Setting, { columns, response }: RangeData): Range {
  if (place === 'beside') {
    const [least, most] = finiteExtent(factor);
    return sign < 0 ? [least, most] : [-most, -least];
  }
  if (place === 'exponent' && factor === null) {
    if (power < 0) return [0.1, 2];
    return sign < 0 ? [0.02, 1] : [-1, 1];
  }
  if (place === 'base' && factor !== null && Math.abs(power) === 1) {
    // (x / d)^c bends where d is among the data; (N_c / N)^c may have its scale far beyond them.
    const [least, most] = finiteExtent(power < 0 ? factor : factor.map(value => 1 / value));
    return [least, most * (power < 0 ? 1 : 1e6)];
  }
  const size = factor === null ? 1 : largest(factor);
  if (power < 0) return [0.01 * size ** (-1 / power), size ** (-1 / power)];
  const reach = ((place === 'top' ? largest(columns[response]) : 10) / size) ** (1 / power);
  return [-reach, reach];
}

/** Follows a parameter from where it stands up to the function, the power or the sum that gives it its meaning. */
function settingOf(tree: Tree, param: string, data: RangeData): Setting | null {
  const path = pathTo(tree, param);
  if (path === null) return null;
  let factor: Sizes = null;
  let [power, sign] = [1, 1];
  for (const { operation, args, child } of path.reverse()) {
    const other = args.length > 1 ? sizes(args[1 - child], data) : null;
    if (operation === 'negate') sign = -sign;
    else if (operation === '*') factor = combine('*', factor, other);
    else if (operation === '/' && child === 0) factor = combine('/', factor, other);
    else if (operation === '/') {
      factor = combine('/', other, factor);
      power = -power;
    } else if (operation === '+' || operation === '-') {
      if (operation === '-' && child === 1) sign = -sign;
      // x - c puts c among the values of x; with its sign turned, c - x does too.
      const turned = operation === '-' && child === 0 ? -sign : sign;
      if (factor === null && other !== null) return { factor: other, power, place: 'beside', sign: turned };
    } else if (operation === '^' && child === 1) return { factor, power, place: 'exponent', sign };
    else if (operation === '^') {
      const exponent = args[1];
      if (exponent.kind !== 'number') return { factor, power, place: 'base', sign };
      power *= exponent.value;
      factor = raise(factor, exponent.value);
    } else return { factor, power, place: 'inside', sign };
  }
  return { factor, power, place: 'top', sign };
}

interface Step {
  readonly operation: Operation;
  readonly args: readonly Tree[];
  readonly child: number;
}

/** The operations around the first place of a name, from the outside in. */
function pathTo(tree: Tree, param: string): Step[] | null {
  if (tree.kind === 'name') return tree.name === param ? [] : null;
  if (tree.kind === 'number') return null;
  for (const [child, arg] of tree.args.entries()) {
    const below = pathTo(arg, param);
    if (below !== null) return [{ operation: tree.operation, args: tree.args, child }, ...below];
  }
  return null;
}

/** What the inputs make of a part of the formula, row by row, parameters left out; null where there are none. */
function sizes(tree: Tree, data: RangeData): Sizes {
  if (tree.kind === 'number') return null;
  if (tree.kind === 'name') return data.inputs.includes(tree.name) ? data.columns[tree.name] : null;
  const { operation, args } = tree;
  const [a, b = null] = args.map(arg => sizes(arg, data));
  if (operation === '^') {
    const exponent = args[1].kind === 'number' ? args[1].value : null;
    return exponent === null ? null : raise(a, exponent);
  }
  if (args.length === 2) return combine(operation, a, b);
  return a !== null && ['negate', 'log', 'log2', 'log10', 'sqrt', 'abs'].includes(operation)
    ? a.map(value => COMPUTE[operation](value, value))
    : null;
}

const raise = (values: Sizes, exponent: number): Sizes => values?.map(value => value ** exponent) ?? null;

function combine(operation: Operation, a: Sizes, b: Sizes): Sizes {
  if (b === null) return a;
  if (a === null) return operation === '/' ? b.map(value => 1 / value) : operation === '-' ? b.map(value => -value) : b;
  return a.map((value, row) => COMPUTE[operation](value, b[row]));
}

const largest = (values: Float64Array) => Math.max(...finiteExtent(values).map(Math.abs)) || 1;

function finiteExtent(values: Sizes): Range {
  const finite = Array.from(values ?? []).filter(Number.isFinite);
  return finite.length > 0 ? extent(finite) : [-1, 1];
}
