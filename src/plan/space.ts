import { fail, mustBe } from '../base/index.js';
import type { ShapeColumns } from '../cost/index.js';
import { checkNumber, LIMITS, NUMBER_FIELDS, type NumberField, type Shape } from '../shape/index.js';

/** Shapes to choose from: every combination of these that can be built. */
export interface ShapeSpace {
  /** Encoder layers. */
  readonly num_layers: readonly number[];
  /** Decoder layers; 'equal': as many as the encoder has. */
  readonly num_decoder_layers: readonly number[] | 'equal';
  readonly d_model: readonly number[];
  /** d_ff over d_model; combinations whose d_ff is no whole number are left out. */
  readonly ffRatio: readonly number[];
  readonly d_kv: readonly number[];
  /** num_heads * d_kv over d_model; combinations whose num_heads is no whole number are left out. */
  readonly innerRatio: readonly number[];
  readonly vocab_size: number;
  /** Smallest and largest d_model / num_layers; absent: any. */
  readonly aspect?: readonly [number, number];
}

/** from, from + step, ... to at most `to`. */
export const range = (from: number, to: number, step: number) =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step);

/**
 * Every ratio free: about 1.5 million shapes, with widths in multiples of 64. For laws that know what each number is
 * worth; a law of the size alone goes to a corner that no run was near.
 */
export const WIDE_SPACE: ShapeSpace = {
  num_layers: [...range(1, 32, 1), ...range(36, 64, 4)],
  num_decoder_layers: [...range(1, 12, 1), ...range(14, 24, 2), ...range(28, 64, 4)],
  d_model: [...range(128, 1024, 64), ...range(1152, 2048, 128), ...range(2304, 4096, 256), ...range(4608, 8192, 512)],
  ffRatio: [2, 2.5, 3, 4, 6, 8],
  d_kv: [64, 128],
  innerRatio: [0.5, 1, 2],
  vocab_size: 32128,
};

/**
 * T5's own proportions: equal stacks, d_ff 4 times and all heads once the width, in multiples of 64; from half as deep for
 * their width to four times as deep as the released sizes, whose d_model / num_layers is 43 to 85.
 */
export const T5_SPACE: ShapeSpace = {
  num_layers: range(1, 96, 1),
  num_decoder_layers: 'equal',
  d_model: range(64, 8192, 64),
  ffRatio: [4],
  d_kv: [64],
  innerRatio: [1],
  vocab_size: 32128,
  aspect: [16, 128],
};

/**
 * Where to look when nothing is said: T5's own proportions, opened where the law knows what a number is worth. A law that
 * reads parameters alone would put them where they are cheapest, in a decoder that sees few tokens, and be wrong there.
 */
export function defaultSpace(inputs: readonly string[]): ShapeSpace {
  const reads = (field: NumberField) => inputs.includes(field);
  const { aspect: _, ...steps } = { ...T5_SPACE, d_model: WIDE_SPACE.d_model };
  return {
    ...(inputs.some(name => NUMBER_FIELDS.includes(name as NumberField)) ? steps : T5_SPACE),
    ...(reads('num_layers') &&
      reads('num_decoder_layers') && {
        num_layers: WIDE_SPACE.num_layers,
        num_decoder_layers: WIDE_SPACE.num_decoder_layers,
      }),
    ...(reads('d_ff') && { ffRatio: WIDE_SPACE.ffRatio }),
    ...(reads('d_kv') && { d_kv: WIDE_SPACE.d_kv }),
    ...(reads('num_heads') && { innerRatio: WIDE_SPACE.innerRatio }),
  };
}

/** All shapes of a space as columns, in the order of its lists. */
export function enumerateShapes(space: ShapeSpace): ShapeColumns & { readonly rows: number } {
  checkSpace(space);
  const depths = combineDepths(space);
  const { aspect } = space;
  const pairs = combineWidths(space).map(widths => ({
    widths,
    depths: aspect === undefined ? depths : depths.filter(([encoder]) => isWithin(aspect, widths.d_model / encoder)),
  }));
  const rows = pairs.reduce((total, pair) => total + pair.depths.length, 0);
  if (rows === 0) fail('the space of shapes must hold a shape that can be built, got none');
  if (rows > MOST) fail(`the space of shapes must hold at most ${MOST} shapes, got ${rows}`);
  const columns = Object.fromEntries(NUMBER_FIELDS.map(field => [field, new Int32Array(rows)])) as Record<
    NumberField,
    Int32Array
  >;
  columns.vocab_size.fill(space.vocab_size);
  let row = 0;
  for (const { widths, depths: allowed } of pairs) {
    const end = row + allowed.length;
    for (const field of ['d_model', 'd_ff', 'd_kv', 'num_heads'] as const) columns[field].fill(widths[field], row, end);
    for (let i = 0; i < allowed.length; i++, row++) {
      columns.num_layers[row] = allowed[i][0];
      columns.num_decoder_layers[row] = allowed[i][1];
    }
  }
  return { ...columns, rows };
}

/** Columns and what they need in memory stay under a gigabyte. */
const MOST = 10_000_000;

type Depths = readonly [encoder: number, decoder: number];

const combineDepths = ({ num_layers, num_decoder_layers }: ShapeSpace): Depths[] =>
  num_layers.flatMap(encoder =>
    num_decoder_layers === 'equal'
      ? [[encoder, encoder] as const]
      : num_decoder_layers.map(decoder => [encoder, decoder] as const),
  );

const isWithin = ([low, high]: readonly [number, number], value: number) => value >= low && value <= high;

type Widths = Pick<Shape, 'd_model' | 'd_ff' | 'd_kv' | 'num_heads'>;

function combineWidths({ d_model, ffRatio, d_kv, innerRatio }: ShapeSpace): Widths[] {
  const all: Widths[] = [];
  for (const width of d_model)
    for (const ff of ffRatio)
      for (const head of d_kv)
        for (const inner of innerRatio)
          all.push({ d_model: width, d_ff: ff * width, d_kv: head, num_heads: (inner * width) / head });
  return all.filter(
    ({ d_ff, num_heads }) =>
      Number.isInteger(d_ff) && Number.isInteger(num_heads) && num_heads >= 1 && d_ff <= LIMITS.d_ff,
  );
}

export function checkSpace(space: ShapeSpace, where = 'space'): void {
  checkNumber(space.vocab_size, 'vocab_size', where);
  for (const field of ['num_layers', 'num_decoder_layers', 'd_model', 'd_kv'] as const) {
    const values = space[field];
    if (values === 'equal') continue;
    if (values.length === 0) fail(mustBe(`${where}: ${field}`, 'a list of one value or more', 'none'));
    for (const value of values) checkNumber(value, field, where);
  }
  for (const field of ['ffRatio', 'innerRatio'] as const)
    if (space[field].length === 0 || !space[field].every(ratio => ratio > 0 && ratio <= 64))
      fail(mustBe(`${where}: ${field}`, 'a list of numbers in (0, 64]', space[field].join(', ') || 'none'));
}

/** One row of the columns. */
export function shapeAt(columns: ShapeColumns, row: number): Shape {
  const numbers = Object.fromEntries(NUMBER_FIELDS.map(field => [field, columns[field][row]]));
  return { ...(numbers as Record<NumberField, number>), feed_forward_proj: 'relu', tie_word_embeddings: true };
}

/** Shapes as columns. */
export const shapeColumns = (shapes: readonly Shape[]): ShapeColumns =>
  Object.fromEntries(
    NUMBER_FIELDS.map(field => [field, Int32Array.from(shapes, shape => shape[field])]),
  ) as unknown as ShapeColumns;
