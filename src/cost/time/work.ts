import type { Shape } from '../../shape/index.js';
import { ACTIVATION_ITEMS, fillActivations } from '../activations.js';
import type { Layout } from '../layout.js';
import { sum } from '../ledger.js';
import { type MemoryOptions, parseMemoryOptions } from '../memory.js';
import { fillParams, PARAM_ITEMS } from '../params.js';
import type { Workload } from '../workload.js';
import { createProducts, fillProducts } from './products.js';

/** What one device does in a training step; time is this over rates. */
export interface StepWork {
  /** Forward products of one micro-batch over all layers: rows of PRODUCT_FIELDS. */
  products: Float64Array;
  /** Bytes of a number as it is multiplied. */
  numberBytes: number;
  /** Saved for the backward pass of one micro-batch, bytes. */
  savedBytes: number;
  /** Calls of kernels in one micro-batch, forward and backward, and products in them. */
  kernels: number;
  /** Moved by the optimiser, once a step. */
  optimizerBytes: number;
  /** Gradients, once a step. */
  gradientBytes: number;
  /** Brought together by devices that share products, one micro-batch, forward and backward. */
  tensorBytes: number;
}

/** Kernels of a training step, counted in the graph of our trainer: a layer of each stack, and all that is not in layers. */
export const KERNELS = { encoder: 92, decoder: 146, rest: 116 } as const;

/**
 * Bytes that an optimiser moves for each parameter. Adam in fp32 reads weight, gradient and two moments and writes three of
 * them; in bf16 the weight has an fp32 master copy. Scaling the gradient to a largest norm reads it once more and writes it.
 * Adafactor passes over gradient and weight about as often.
 */
const OPTIMIZER_BYTES = { fp32: { adam: 36, adafactor: 32 }, bf16: { adam: 34, adafactor: 26 } } as const;

/**
 * Times that attention weights and logits pass through memory, over other activations: a softmax takes the maximum, the
 * exponential, the sum and the quotient, and its gradient.
 */
const SOFTMAX = 3;

/** A layer's inputs that are brought together: attention and feed-forward, cross-attention too; in either pass. */
export const MEETINGS = { encoder: 2, decoder: 3 } as const;

export function createWork(): StepWork {
  return {
    products: createProducts(),
    numberBytes: 4,
    savedBytes: 0,
    kernels: 0,
    optimizerBytes: 0,
    gradientBytes: 0,
    tensorBytes: 0,
  };
}

/** Writes the work of a shape, `batch` being the sequences of all copies together. */
export type FillWork = (shape: Shape, work: StepWork) => void;

/** Buffers and checked options in one closure, so that a million shapes share them. */
export function createWorkFiller(workload: Workload, layout: Layout, options: MemoryOptions): FillWork {
  const memory = parseMemoryOptions(options);
  const { data, tensor, pipeline, sharding, microBatches } = layout;
  const micro = { ...workload, batch: Math.ceil(workload.batch / data / microBatches) };
  const params = new Float64Array(PARAM_ITEMS.length);
  const saved = new Float64Array(ACTIVATION_ITEMS.length);
  const fused = memory.attention === 'flash';
  const products = { tensor, fused };
  const bytes = memory.precision === 'fp32' ? 4 : 2;
  const updates = OPTIMIZER_BYTES[memory.precision][memory.optimizer];
  const { encLen: S, decLen: T } = micro;
  const [source, target] = [micro.batch * S, micro.batch * T];
  return (shape, work) => {
    fillProducts(shape, micro, products, work.products);
    fillParams(shape, params);
    fillActivations(shape, micro, memory, saved);
    const own = sum(params) / tensor / pipeline;
    const { num_layers: E, num_decoder_layers: D, d_model } = shape;
    work.numberBytes = bytes;
    const weights = fused ? 0 : bytes * micro.batch * shape.num_heads * (E * S * S + D * T * (T + S));
    const logits = 4 * target * shape.vocab_size;
    work.savedBytes = (sum(saved) + (SOFTMAX - 1) * (weights + logits)) / tensor;
    work.kernels = KERNELS.encoder * E + KERNELS.decoder * D + KERNELS.rest;
    work.optimizerBytes = (updates * own) / (sharding === 'none' ? 1 : data);
    work.gradientBytes = bytes * own;
    work.tensorBytes = 2 * bytes * d_model * (MEETINGS.encoder * E * source + MEETINGS.decoder * D * target);
  };
}
