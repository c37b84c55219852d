import type { TypedArray } from './graph.js';

/** Attributes of the element-wise kinds, and of all that its inputs say everything about. */
type None = Readonly<Record<never, never>>;

interface Transposed {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  /** bf16: inputs and result are rounded to bfloat16, sums are float32. */
  readonly precision: Precision;
}

export type Precision = 'fp32' | 'bf16';

interface Reduced {
  /** In rising order. */
  readonly axes: readonly number[];
  readonly keepDims: boolean;
}

/**
 * Every kind of operation and its attributes. A kind has a builder (build/), an encoding for TensorFlow (encodings.ts),
 * a kernel for the eager session (kernels.ts) and, where it has one, a gradient (rules.ts).
 */
export interface Attributes {
  // sources
  readonly placeholder: { readonly name: string };
  /** One value stands for all of the dims, or there are as many as dims say. */
  readonly constant: { readonly values: TypedArray };
  readonly readVariable: { readonly name: string };
  readonly randomUniform: None;
  /** true where 16 random bits are below the threshold, in [1, 2^16]. */
  readonly randomMask: { readonly threshold: number };
  // effects
  readonly assign: { readonly name: string };
  readonly assignAdd: { readonly name: string };
  readonly applyAdam: { readonly name: string; readonly first: string; readonly second: string };
  // element-wise, of two
  readonly add: None;
  readonly sub: None;
  readonly mul: None;
  readonly div: None;
  readonly minimum: None;
  readonly maximum: None;
  readonly equal: None;
  readonly notEqual: None;
  readonly less: None;
  readonly reluGrad: None;
  readonly rsqrtGrad: None;
  readonly tanhGrad: None;
  // element-wise, of one
  readonly square: None;
  readonly sqrt: None;
  readonly rsqrt: None;
  readonly exp: None;
  readonly log: None;
  readonly tanh: None;
  readonly relu: None;
  readonly neg: None;
  readonly cast: None;
  readonly stopGradient: None;
  // of more
  readonly select: None;
  readonly addAll: None;
  // products
  readonly matMul: Transposed;
  readonly batchMatMul: Transposed;
  // arrangement
  readonly reshape: None;
  readonly broadcastTo: None;
  readonly transpose: { readonly perm: readonly number[] };
  readonly slice: { readonly begin: readonly number[] };
  readonly pad: { readonly before: readonly number[] };
  readonly concat: { readonly axis: number };
  readonly split: { readonly axis: number };
  readonly stack: { readonly axis: number };
  readonly unstack: { readonly axis: number };
  // reductions
  readonly sum: Reduced;
  readonly mean: Reduced;
  readonly argMax: { readonly axis: number };
  readonly softmax: None;
  readonly sparseCrossEntropy: None;
  // by index
  readonly gather: None;
  readonly segmentSum: { readonly count: number };
  readonly oneHot: { readonly depth: number };
}

export type Kind = keyof Attributes;
