import { fail, mustBe } from '../base/index.js';
import { checkShape, innerWidth, type Shape } from '../shape/index.js';
import { type Ledger, toLedger } from './ledger.js';
import { mlpMatrices } from './params.js';
import { checkWorkload, type Workload } from './workload.js';

/**
 * How operations are counted. Matrix products only, in both.
 * 'torch': 2 FLOPs a multiply-add, look-ups free; what PyTorch's FlopCounterMode says.
 * 'mesh-tf': a multiply-add is one operation and embedding look-ups are one-hot products; the paper's column.
 */
export const CONVENTIONS = ['torch', 'mesh-tf'] as const;
export type Convention = (typeof CONVENTIONS)[number];

export const FLOP_ITEMS = [
  'embedding',
  'encoder/attention/projections',
  'encoder/attention/scores',
  'encoder/mlp',
  'decoder/self_attention/projections',
  'decoder/self_attention/scores',
  'decoder/cross_attention/projections',
  'decoder/cross_attention/scores',
  'decoder/mlp',
  'head',
] as const;
export type FlopItem = (typeof FLOP_ITEMS)[number];

/** FLOPs of the whole batch; items and total are the forward pass. */
export interface FlopLedger extends Ledger<FlopItem> {
  readonly convention: Convention;
  readonly forward: number;
  /** Exactly twice the forward pass: a product each for the gradient of the input and of the weights. */
  readonly backward: number;
  readonly trainStep: number;
}

/** Writes the multiply-adds of one forward pass, item by item as in FLOP_ITEMS, the look-ups as products. */
export function fillMultiplyAdds(shape: Shape, { batch, encLen: S, decLen: T }: Workload, out: Float64Array): void {
  const { num_layers, num_decoder_layers, d_model, d_ff, vocab_size } = shape;
  const inner = innerWidth(shape);
  const encoder = batch * num_layers;
  const decoder = batch * num_decoder_layers;
  const mlp = mlpMatrices(shape) * d_model * d_ff;
  out[0] = batch * (S + T) * d_model * vocab_size;
  out[1] = encoder * S * 4 * d_model * inner; // [S, d_model] x [d_model, inner]: q, k, v, out
  out[2] = encoder * S * S * 2 * inner; // q k' and weights v
  out[3] = encoder * S * mlp;
  out[4] = decoder * T * 4 * d_model * inner;
  out[5] = decoder * T * T * 2 * inner; // the causal half is computed too
  out[6] = decoder * (T + S) * 2 * d_model * inner; // q and out of the decoder, k and v of the encoder
  out[7] = decoder * T * S * 2 * inner;
  out[8] = decoder * T * mlp;
  out[9] = batch * T * d_model * vocab_size;
}

/** Turns multiply-adds into a convention's FLOPs, in place. */
export function toConvention(multiplyAdds: Float64Array, convention: Convention): void {
  if (convention === 'mesh-tf') return;
  multiplyAdds[0] = 0;
  for (let i = 1; i < multiplyAdds.length; i++) multiplyAdds[i] *= 2;
}

export function checkConvention(convention: string): Convention {
  return (
    CONVENTIONS.find(known => known === convention) ?? fail(mustBe('convention', CONVENTIONS.join(' or '), convention))
  );
}

/**
 * FLOPs of a step, exact below 2^53 and correctly rounded to 16 digits above.
 *
 * @example countFlops(preset('tiny'), { batch: 1, encLen: 512, decLen: 114 }).forward // => 7836155904
 */
export function countFlops(shape: Shape, workload: Workload, convention: Convention = 'torch'): FlopLedger {
  const values = new Float64Array(FLOP_ITEMS.length);
  fillMultiplyAdds(checkShape(shape), checkWorkload(workload), values);
  toConvention(values, checkConvention(convention));
  const ledger = toLedger(FLOP_ITEMS, values);
  const forward = ledger.total;
  return { ...ledger, convention, forward, backward: 2 * forward, trainStep: 3 * forward };
}

/**
 * The rule of thumb 6 N D, for N parameters and D tokens. It is made for decoder-only models: an encoder-decoder sends a
 * token through one stack only, so it overstates a T5 step about twofold; see overstatement6ND.
 */
export const flops6ND = (params: number, tokens: number) => 6 * params * tokens;

/** 6 N D over the exact count, D being the tokens of both stacks. @example 2.49 for tiny, 1.97 for base at 512 + 114 */
export function overstatement6ND(shape: Shape, workload: Workload, params: number): number {
  const tokens = workload.batch * (workload.encLen + workload.decLen);
  return flops6ND(params, tokens) / countFlops(shape, workload).trainStep;
}
