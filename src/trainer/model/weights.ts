import { fail, unknownName } from '../../base/index.js';
import { type Graph, read, split, unstack, type Value, type Variable, variable } from '../../graph/index.js';
import type { Shape } from '../../shape/index.js';
import { type Group, type PlacedTensor, paramTensors } from '../params.js';

/**
 * Tensors of Hugging Face that are one variable of the graph, rows after rows: what is multiplied together (q, k and v;
 * the cross k and v of all decoder layers; both inputs of a gated layer), and what is small (norms; relative biases).
 */
export interface WeightStack {
  readonly name: string;
  /** Of equal dims, in their order. */
  readonly parts: readonly PlacedTensor[];
  /** A matrix is [out, in]; a stack of vectors is [parts, width]. */
  readonly dims: readonly number[];
  readonly group: Group;
}

/** @example stackName({ name: 'decoder.block.1.layer.1.EncDecAttention.k.weight', ... }) // => 'decoder.cross_kv' */
function stackName({ name, group }: PlacedTensor): string {
  if (group === 'norm') return 'norms';
  if (group === 'relative_bias') return 'relative_biases';
  return name
    .replace(/\.weight$/, '')
    .replace(/SelfAttention\.[qkv]$/, 'SelfAttention.qkv')
    .replace(/block\.\d+\.layer\.1\.EncDecAttention\.[kv]$/, 'cross_kv')
    .replace(/wi_[01]$/, 'wi');
}

export function stackWeights(shape: Shape): WeightStack[] {
  const stacks = new Map<string, PlacedTensor[]>();
  for (const tensor of paramTensors(shape)) {
    const name = stackName(tensor);
    stacks.set(name, [...(stacks.get(name) ?? []), tensor]);
  }
  return [...stacks].map(([name, parts]) => {
    const [{ dims, group }] = parts;
    const [rows, ...width] = dims.length === 1 ? [1, ...dims] : dims;
    return { name, parts, dims: [parts.length * rows, ...width], group };
  });
}

/** A stack as state of a graph. */
export interface Weight extends WeightStack {
  readonly state: Variable;
  readonly value: Value;
}

/** The parameters of one graph, to be shared by all that is built on it. */
export interface Weights {
  readonly all: readonly Weight[];
  /** A stack by its name. */
  matrix(name: string): Value;
  /** One tensor of a small stack, by its Hugging Face name without `.weight`. */
  part(name: string): Value;
}

export function declareWeights(graph: Graph, shape: Shape): Weights {
  const all = stackWeights(shape).map(stack => {
    const state = variable(graph, stack.name, stack.dims);
    return { ...stack, state, value: read(state) };
  });
  const matrices = new Map(all.map(({ name, value }) => [name, value]));
  const parts = new Map(all.filter(({ group }) => group === 'norm' || group === 'relative_bias').flatMap(takeApart));
  const find = (values: ReadonlyMap<string, Value>) => (name: string) =>
    values.get(name) ?? fail(unknownName('weight', name, [...values.keys()]));
  return { all, matrix: find(matrices), part: find(parts) };
}

function takeApart({ parts, value }: Weight): [string, Value][] {
  const [{ dims }] = parts;
  const pieces =
    dims.length === 1
      ? unstack(value) // [parts, D] -> [D] each
      : split(
          value,
          parts.map(() => dims[0]),
          0,
        );
  return parts.map(({ name }, i) => [name.replace(/\.weight$/, ''), pieces[i]]);
}

/** Variables by name from tensors by Hugging Face name; both lists are whole. */
export function packWeights(
  stacks: readonly WeightStack[],
  params: ReadonlyMap<string, Float32Array>,
): Map<string, Float32Array> {
  const known = stacks.flatMap(({ parts }) => parts.map(({ name }) => name));
  for (const name of params.keys()) if (!known.includes(name)) fail(unknownName('parameter', name, known));
  return new Map(
    stacks.map(({ name, parts }) => {
      const [{ from, to }] = parts;
      const packed = new Float32Array(parts.length * (to - from));
      for (const [i, part] of parts.entries()) packed.set(findValues(params, part), i * (to - from));
      return [name, packed];
    }),
  );
}

function findValues(params: ReadonlyMap<string, Float32Array>, { name, from, to }: PlacedTensor): Float32Array {
  const values = params.get(name);
  if (values?.length !== to - from)
    return fail(`${name} must have ${to - from} values, got ${values?.length ?? 'none'}`);
  return values;
}

/** Undoes packWeights: copies of each tensor's values, in the order of paramTensors. */
export function unpackWeights(
  stacks: readonly WeightStack[],
  values: readonly Float32Array[],
): Map<string, Float32Array> {
  const places = stacks.flatMap(({ parts }, at) => parts.map((part, i) => ({ ...part, at, i })));
  return new Map(
    places
      .sort((a, b) => a.from - b.from)
      .map(({ name, from, to, at, i }) => [name, values[at].slice(i * (to - from), (i + 1) * (to - from))]),
  );
}
