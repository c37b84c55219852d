import { checkShape, type NumberField, type Shape } from './shape.js';

/** A scaling operator of the paper: sets one number of a shape (two for NL) and leaves the others. */
export interface Operator {
  (shape: Shape, value: number): Shape;
  readonly symbol: string;
  /** What it sets. */
  readonly changes: readonly NumberField[];
  readonly meaning: string;
}

function operator(symbol: string, changes: readonly NumberField[], meaning: string): Operator {
  const apply = (shape: Shape, value: number) =>
    checkShape({ ...shape, ...Object.fromEntries(changes.map(field => [field, value])) }, symbol);
  return Object.assign(apply, { symbol, changes, meaning });
}

// Source: arXiv 2109.10686, table 1.
/** Depth of both stacks. @example NL(preset('small'), 16) // 16 encoder and 16 decoder layers */
export const NL = operator('NL', ['num_layers', 'num_decoder_layers'], 'layers of encoder and decoder');
export const EL = operator('EL', ['num_layers'], 'encoder layers');
export const DL = operator('DL', ['num_decoder_layers'], 'decoder layers');
export const DM = operator('DM', ['d_model'], 'model width');
export const FF = operator('FF', ['d_ff'], 'feed-forward width');
export const KV = operator('KV', ['d_kv'], 'width of a head');
export const NH = operator('NH', ['num_heads'], 'number of heads');

export const OPERATORS = { NL, EL, DL, DM, FF, KV, NH } as const;
