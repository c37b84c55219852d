import { fail, mustBe } from '../base/index.js';

/** Constants of L = E + A / N^alpha + B / D^beta that decide how to split a budget. */
export interface SplitConstants {
  readonly A: number;
  readonly B: number;
  readonly alpha: number;
  readonly beta: number;
}

export interface ComputeOptimum {
  /** Parameters. */
  readonly N: number;
  /** Tokens. */
  readonly D: number;
}

/**
 * The split of a budget of C = 6 N D FLOPs that makes the loss smallest: N = G (C/6)^a, D = (C/6)^b / G with
 * a = beta / (alpha + beta), b = alpha / (alpha + beta), G = (alpha A / (beta B))^(1 / (alpha + beta)).
 *
 * For decoder-only models, where 6 N D holds. Source: Hoffmann 2022, arXiv 2203.15556, equation 4.
 */
export function computeOptimum({ A, B, alpha, beta }: SplitConstants, flops: number): ComputeOptimum {
  for (const [name, value] of Object.entries({ A, B, alpha, beta, flops }))
    if (!(value > 0 && Number.isFinite(value))) fail(mustBe(name, 'a positive number', value));
  const balance = ((alpha * A) / (beta * B)) ** (1 / (alpha + beta));
  const N = balance * (flops / 6) ** (beta / (alpha + beta));
  return { N, D: flops / 6 / N };
}
