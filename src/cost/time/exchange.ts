import type { Layout } from '../layout.js';
import type { Rates } from './rates.js';

/**
 * Seconds of a ring all-reduce: every device sends 2 (n - 1) / n of the bytes.
 * Source: Patarasuk and Yuan 2009, Bandwidth optimal all-reduce algorithms, theorem 1.
 *
 * @param link bytes a second that one device sends over the slowest link of the ring
 * @example ringAllReduce(1e9, 4, 1e9) // => 1.5
 */
export const ringAllReduce = (bytes: number, devices: number, link: number): number =>
  devices > 1 ? (((2 * (devices - 1)) / devices) * bytes) / link : 0;

/**
 * Share of a pipeline's time in which a stage waits, with one forward and one backward pass of each micro-batch.
 * Source: Narayanan et al. 2021 (arXiv 2104.04473), section 2.2.1: (p - 1) / m of the ideal time.
 *
 * @example bubbleShare(4, 8) // => 3 / 11
 */
export const bubbleShare = (stages: number, microBatches: number): number => (stages - 1) / (microBatches + stages - 1);

/** The slowest link of a ring of `devices` neighbours that are `stride` apart. Without a network all links are alike. */
export function linkOf({ links }: Rates, devices: number, stride: number, devicesPerNode: number): number {
  const { intra, inter } = links;
  const within = devices * stride <= devicesPerNode;
  return (within ? (intra ?? inter) : (inter ?? intra)) ?? Number.NaN;
}

/**
 * Seconds in which the copies of the model bring their gradients together, as far as they do not hide behind the backward
 * pass. Sharded weights (ZeRO 3, FSDP) are gathered twice for every micro-batch, and gradients are scattered once: each is
 * half of an all-reduce.
 *
 * @param bytes of the gradients of one device
 */
export function exchangeGradients(bytes: number, layout: Layout, rates: Rates): number {
  const { data, tensor, sharding, microBatches, devicesPerNode } = layout;
  if (data === 1) return 0;
  const whole = ringAllReduce(bytes, data, linkOf(rates, data, tensor, devicesPerNode));
  const passes = sharding === 'full' ? (2 * microBatches + 1) / 2 : 1;
  return whole * passes * (1 - rates.overlap);
}
