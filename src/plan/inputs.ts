import { fail, unknownName } from '../base/index.js';
import { costShapes, ONE_SEQUENCE, type ShapeColumns, type Workload } from '../cost/index.js';
import type { Law } from '../law/index.js';
import { NUMBER_FIELDS, type Shape } from '../shape/index.js';
import { shapeColumns } from './space.js';

/** What N means: every parameter, or all but the embedding. Laws differ in it: take what the runs were counted in. */
export const PARAM_COUNTS = ['total', 'non-embedding'] as const;
export type ParamCount = (typeof PARAM_COUNTS)[number];

/** Shapes with what training them takes, row by row. */
export interface CostedShapes {
  readonly shapes: ShapeColumns;
  readonly params: Float64Array;
  readonly nonEmbeddingParams: Float64Array;
  /** Training tokens; encoder tokens, as run records count them. */
  readonly tokens: Float64Array;
  /** FLOPs of the whole training. */
  readonly flops: Float64Array;
}

/** A number of a shape beside those that a plan knows, from known ones, e.g. the logarithm of the depth. */
export interface Quantity {
  /** Names of known numbers. */
  readonly inputs: readonly string[];
  evaluate(values: ArrayLike<number>): number;
}

export interface InputOptions {
  readonly count: ParamCount;
  /** Different tokens there are, for laws of repeated data. */
  readonly uniqueTokens?: number;
  /** Further inputs of laws by name; known names go before them. */
  readonly derived?: Readonly<Record<string, Quantity>>;
}

type Column = ArrayLike<number>;
type MakeColumn = (costs: CostedShapes, options: InputOptions) => Column;

const paramsOf: MakeColumn = (costs, { count }) => (count === 'total' ? costs.params : costs.nonEmbeddingParams);
const tokensOf: MakeColumn = costs => costs.tokens;
const flopsOf: MakeColumn = costs => costs.flops;

/** What a law may read of a shape and its training, by the name of the law's input. */
const KNOWN: Readonly<Record<string, MakeColumn>> = {
  N: paramsOf,
  params: paramsOf,
  D: tokensOf,
  tokens: tokensOf,
  C: flopsOf,
  flops: flopsOf,
  M: (costs, options) => combine(costs.tokens, paramsOf(costs, options), (tokens, params) => tokens / params),
  U: ({ tokens }, { uniqueTokens = Infinity }) => tokens.map(seen => Math.min(seen, uniqueTokens)),
  width: ({ shapes }) => shapes.d_model,
  depth: ({ shapes }) => combine(shapes.num_layers, shapes.num_decoder_layers, (encoder, decoder) => encoder + decoder),
  ...Object.fromEntries(NUMBER_FIELDS.map((field): [string, MakeColumn] => [field, ({ shapes }) => shapes[field]])),
};

/** Names that a plan gives a law. U only where the different tokens are known. */
export const KNOWN_INPUTS: readonly string[] = Object.keys(KNOWN);

/** Inputs that say how long a shape is trained. A law without any holds at one length. */
const LENGTHS = ['D', 'tokens', 'C', 'flops', 'M', 'U'];
/** Inputs that are alike for all shapes that spend one budget. */
const COMPUTE = ['C', 'flops'];

export const readsLength = (law: Law): boolean => law.inputs.some(({ name }) => LENGTHS.includes(name));
export const readsShape = (law: Law): boolean => law.inputs.some(({ name }) => !COMPUTE.includes(name));
/** False where shapes of one size are alike to the law. */
export const readsProportions = (law: Law): boolean =>
  law.inputs.some(({ name }) => !['N', 'params', ...LENGTHS].includes(name));

function combine(a: Column, b: Column, value: (a: number, b: number) => number): Float64Array {
  const out = new Float64Array(a.length);
  for (let row = 0; row < out.length; row++) out[row] = value(a[row], b[row]);
  return out;
}

/** Refuses a law that reads what a plan does not know. Inputs beside the first `skip` are looked up. */
export function checkLawInputs(law: Law, { uniqueTokens, derived = {} }: InputOptions, skip = 0): void {
  const known = Object.keys(KNOWN).filter(name => name !== 'U' || uniqueTokens !== undefined);
  for (const { name } of law.inputs.slice(skip))
    if (!known.includes(name) && !Object.hasOwn(derived, name))
      fail(
        `${law.name} must read what a plan knows of a shape: ${unknownName('input', name, [...known, ...Object.keys(derived)])}`,
      );
}

/** The columns that a law reads, in its order, without the first `skip`. */
export function inputColumns(law: Law, costs: CostedShapes, options: InputOptions, skip = 0): Column[] {
  return law.inputs.slice(skip).map(({ name }) => {
    if (Object.hasOwn(KNOWN, name)) return KNOWN[name](costs, options);
    const { inputs, evaluate } = options.derived![name];
    return evaluateRows(
      evaluate,
      inputs.map(input => KNOWN[input](costs, options)),
    );
  });
}

function evaluateRows(evaluate: Quantity['evaluate'], columns: readonly Column[]): Float64Array {
  const values = new Float64Array(columns.length);
  const out = new Float64Array(columns[0].length);
  for (let row = 0; row < out.length; row++) {
    for (let i = 0; i < columns.length; i++) values[i] = columns[i][row];
    out[row] = evaluate(values);
  }
  return out;
}

/** The law's value at every row. */
export function evaluateShapes(
  law: Law,
  params: readonly number[],
  costs: CostedShapes,
  options: InputOptions,
): Float64Array {
  checkLawInputs(law, options);
  return evaluateRows(values => law.evaluate(params, values), inputColumns(law, costs, options));
}

/** The law's inputs of one row by name, without the first `skip`. */
export function inputsAt(law: Law, costs: CostedShapes, at: InputOptions & { readonly row: number; skip?: number }) {
  const { row, skip = 0, ...options } = at;
  const one = pickRow(costs, row);
  const columns = inputColumns(law, one, options, skip);
  return Object.fromEntries(law.inputs.slice(skip).map(({ name }, i) => [name, columns[i][0]]));
}

const pickRow = ({ shapes, ...columns }: CostedShapes, row: number): CostedShapes => ({
  shapes: Object.fromEntries(NUMBER_FIELDS.map(field => [field, [shapes[field][row]]])) as unknown as ShapeColumns,
  params: columns.params.slice(row, row + 1),
  nonEmbeddingParams: columns.nonEmbeddingParams.slice(row, row + 1),
  tokens: columns.tokens.slice(row, row + 1),
  flops: columns.flops.slice(row, row + 1),
});

/**
 * What a law reads of one shape trained on so many encoder tokens.
 *
 * @param options.workload sequences that the tokens come in; only its lengths matter, default 512 and 114
 * @example lawInputs(findLaw('chinchilla'), preset('base'), 34e9, { count: 'total' }) // => { N: 222903552, D: 34e9 }
 */
export function lawInputs(
  law: Law,
  shape: Shape,
  tokens: number,
  { workload = ONE_SEQUENCE, ...options }: InputOptions & { readonly workload?: Workload },
): Record<string, number> {
  checkLawInputs(law, options);
  const shapes = shapeColumns([shape]);
  const { feed_forward_proj, tie_word_embeddings } = shape;
  const costs = costShapes(shapes, { workload, feed_forward_proj, tie_word_embeddings });
  const flops = (tokens / (workload.batch * workload.encLen)) * costs.trainStepFlops[0];
  const one = { ...costs, shapes, tokens: Float64Array.of(tokens), flops: Float64Array.of(flops) };
  return inputsAt(law, one, { ...options, row: 0 });
}
