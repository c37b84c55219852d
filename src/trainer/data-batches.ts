import { createRandom, fail, type Random } from '../base/index.js';
import { type Batch, stackRows } from './batch.js';
import { corruptWindow, type TrainingData } from './data.js';

/** Where in its stream of windows a run stands: all that is needed to go on to the bit. `{ seed }` alone is the start. */
export interface BatchPosition {
  /** An integer in [0, 2^32). */
  readonly seed: number;
  /** From 0. */
  readonly epoch?: number;
  /** Windows of the epoch that are used up. */
  readonly index?: number;
}

export interface Batches {
  next(): Batch;
  /** Of the batch that comes next, as plain JSON. */
  position(): Required<BatchPosition>;
}

/**
 * Batches without end. An epoch takes every window once, in an order of its own, and cuts the text at another place than
 * the epoch before; each window is corrupted anew. The position decides all that follows, whatever came before.
 *
 * @param size windows a batch
 */
export function createBatches(data: TrainingData, size: number, from: BatchPosition): Batches {
  const { seed } = from;
  const epochs = createRandom(seed);
  let { epoch = 0, index = 0 } = from;
  for (let i = 0; i < epoch; i++) epochs.fork();
  let windows = shuffleWindows(data, epochs.fork());
  const nextRow = () => {
    if (index === windows.length) {
      windows = shuffleWindows(data, epochs.fork());
      epoch++;
      index = 0;
    }
    const { start, noise } = windows[index++];
    return corruptWindow(data.tokens, start, data, createRandom(noise));
  };
  return {
    next: () => stackRows(Array.from({ length: size }, nextRow)),
    position: () => ({ seed, epoch, index }),
  };
}

/** Each window of an epoch once: where it starts, and the seed of its corruption. */
function shuffleWindows({ tokens, plan: { window } }: TrainingData, random: Random) {
  if (tokens.length < window) fail(`training text must have at least ${window} tokens, a window, got ${tokens.length}`);
  const offset = random.integer(Math.min(window, tokens.length - window + 1));
  const windows = Array.from({ length: Math.floor((tokens.length - offset) / window) }, (_, i) => ({
    start: offset + i * window,
    noise: random.integer(2 ** 32),
  }));
  for (let i = windows.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [windows[i], windows[j]] = [windows[j], windows[i]];
  }
  return windows;
}
