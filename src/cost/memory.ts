import { fail, mustBe, outsideRange } from '../base/index.js';
import { checkShape, innerWidth, RELATIVE_BUCKETS, type Shape } from '../shape/index.js';
import { ACTIVATION_ITEMS, fillActivations } from './activations.js';
import { countDecode, type Generation } from './decode.js';
import { type Ledger, toLedger } from './ledger.js';
import { countParams, mlpMatrices } from './params.js';
import { checkWorkload, type Workload } from './workload.js';

/** 'fp32' throughout, or 'bf16': bf16 weights, gradients and activations with fp32 master weights and moments. */
export const PRECISIONS = ['fp32', 'bf16'] as const;
export type Precision = (typeof PRECISIONS)[number];

/** 'adam': two fp32 moments a weight. 'adafactor': a row and a column sum a matrix, no first moment. */
export const OPTIMIZERS = ['adam', 'adafactor'] as const;
export type Optimizer = (typeof OPTIMIZERS)[number];

/**
 * 'eager': products and softmax one by one; every attention weight is kept.
 * 'fused': PyTorch's scaled_dot_product_attention as transformers' T5 calls it. T5's position bias is trained, so PyTorch
 * takes its unfused path and keeps the attention weights all the same: no memory is saved.
 * 'flash': a kernel that recomputes the attention weights in the backward pass and keeps their normaliser and the bias.
 */
export const ATTENTIONS = ['eager', 'fused', 'flash'] as const;
export type Attention = (typeof ATTENTIONS)[number];

export interface MemoryOptions {
  readonly precision?: Precision;
  readonly optimizer?: Optimizer;
  readonly attention?: Attention;
  /** Rate in [0, 1); any rate above 0 keeps masks for the backward pass. */
  readonly dropout?: number;
}

export function parseMemoryOptions({
  precision = 'fp32',
  optimizer = 'adam',
  attention = 'eager',
  dropout = 0,
}: MemoryOptions = {}): Required<MemoryOptions> {
  const oneOf = <T extends string>(name: string, known: readonly T[], value: T) =>
    known.includes(value) ? value : fail(mustBe(name, known.join(' or '), value));
  if (!(dropout >= 0 && dropout < 1)) fail(outsideRange('dropout', '[0, 1)', dropout));
  return {
    precision: oneOf('precision', PRECISIONS, precision),
    optimizer: oneOf('optimizer', OPTIMIZERS, optimizer),
    attention: oneOf('attention', ATTENTIONS, attention),
    dropout,
  };
}

/** Bytes that one training step holds at its peak, without workspace and allocator slack. */
export interface TrainMemory extends Ledger<'weights' | 'gradients' | 'optimizer' | 'activations'> {
  readonly activations: Ledger;
}

/**
 * Memory of a training step on one device. Activations are what autograd saves for the backward pass: in fp32 they equal
 * PyTorch's saved tensors on transformers' T5 to the byte ('eager' and 'fused'); in bf16 they follow the same code's casts
 * (fp32 norms, softmax and loss). Weights and optimiser state in bf16: 2 + 2 + 12 bytes a weight with Adam, as in
 * ZeRO (arXiv 1910.02054).
 */
export function estimateTrainMemory(shape: Shape, workload: Workload, options: MemoryOptions = {}): TrainMemory {
  const parsed = parseMemoryOptions(options);
  const { precision, optimizer } = parsed;
  const params = countParams(shape).total;
  const saved = new Float64Array(ACTIVATION_ITEMS.length);
  fillActivations(shape, checkWorkload(workload), parsed, saved);
  const activations = toLedger(ACTIVATION_ITEMS, saved);
  const bytes = precision === 'fp32' ? 4 : 2;
  const master = precision === 'fp32' ? 0 : 4 * params;
  const values = [
    bytes * params,
    bytes * params,
    master + 4 * countOptimizerState(shape, optimizer, params),
    activations.total,
  ];
  return { ...toLedger(['weights', 'gradients', 'optimizer', 'activations'], values), activations };
}

/** Numbers the optimiser keeps. Adafactor as in transformers: every matrix factored, vectors whole. */
export function countOptimizerState(shape: Shape, optimizer: Optimizer, params: number): number {
  if (optimizer === 'adam') return 2 * params;
  const { num_layers, num_decoder_layers, d_model, d_ff, num_heads, vocab_size } = shape;
  const attention = 4 * (d_model + innerWidth(shape));
  const mlp = mlpMatrices(shape) * (d_model + d_ff);
  const vocabulary = (shape.tie_word_embeddings ? 1 : 2) * (vocab_size + d_model);
  const norms = (2 * num_layers + 3 * num_decoder_layers + 2) * d_model;
  const tables = 2 * (RELATIVE_BUCKETS + num_heads);
  return vocabulary + num_layers * (attention + mlp) + num_decoder_layers * (2 * attention + mlp) + norms + tables;
}

/** Bytes that greedy generation holds: weights, the encoder's output, the cache at the last token. */
export function estimateDecodeMemory(
  shape: Shape,
  generation: Generation,
  precision: Precision = 'fp32',
): Ledger<'weights' | 'encoder_output' | 'cache'> {
  const bytes = parseMemoryOptions({ precision }).precision === 'fp32' ? 4 : 2;
  const { cacheElements } = countDecode(checkShape(shape), generation);
  const encoderOutput = generation.batch * generation.encLen * shape.d_model;
  const values = [countParams(shape).total, encoderOutput, cacheElements].map(elements => bytes * elements);
  return toLedger(['weights', 'encoder_output', 'cache'], values);
}
