import type { Batch } from './batch.js';
import type { Engine } from './engine.js';
import { rateShare } from './recipe.js';

/** When a run ends: after so many steps, which repeats to the bit, or after so many seconds, which does not. */
export type Length = { readonly steps: number } | { readonly seconds: number };

export interface LossPoint {
  /** From 1. */
  readonly step: number;
  /** Encoder tokens seen up to and with this step. */
  readonly tokens: number;
  /** On the batch, before the step; nats per target token. */
  readonly loss: number;
}

export interface Progress extends LossPoint {
  /** Share of the run that is done, in (0, 1]. */
  readonly done: number;
}

export interface LoopOptions {
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
}

export interface LoopResult {
  readonly losses: readonly LossPoint[];
  /** Wall clock of each step. */
  readonly stepSeconds: readonly number[];
  /** The last loss is not a finite number, and the run ended there. */
  readonly diverged: boolean;
}

/** How long the event loop may be kept from its other work. */
const BREATH_SECONDS = 0.05;
const now = () => performance.now() / 1000;

/** Trains until the length is reached or the loss is no longer a number; throws the signal's reason when it aborts. */
export async function runLoop(
  engine: Engine,
  batches: Iterator<Batch, never>,
  length: Length,
  { onProgress, signal }: LoopOptions = {},
): Promise<LoopResult> {
  const losses: LossPoint[] = [];
  const stepSeconds: number[] = [];
  const begin = now();
  let breath = begin;
  let tokens = 0;
  const progress = () => ('steps' in length ? losses.length / length.steps : (now() - begin) / length.seconds);
  let done = 0;
  while (done < 1) {
    const batch = batches.next().value;
    const start = now();
    const loss = engine.step(batch, rateShare(losses.length, done));
    stepSeconds.push(now() - start);
    tokens += batch.encoder.length;
    const point = { step: losses.length + 1, tokens, loss };
    losses.push(point);
    if (!Number.isFinite(loss)) return { losses, stepSeconds, diverged: true };
    done = Math.min(1, progress());
    onProgress?.({ ...point, done });
    if (now() - breath < BREATH_SECONDS) continue;
    await new Promise(setImmediate);
    signal?.throwIfAborted();
    breath = now();
  }
  return { losses, stepSeconds, diverged: false };
}
