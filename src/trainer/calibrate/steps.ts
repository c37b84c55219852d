import { createRandom } from '../../base/index.js';
import type { Workload } from '../../cost/index.js';
import type { Shape } from '../../shape/index.js';
import type { Batch } from '../batch.js';
import { createEngine } from '../create-engine.js';
import type { Engine, EngineOptions } from '../engine.js';
import { type Clock, medianSeconds, type Repeats } from './clock.js';

/** One training step to be timed. */
export interface StepToTime {
  readonly shape: Shape;
  readonly workload: Workload;
}

export interface TimedStep extends StepToTime {
  readonly seconds: number;
}

/** A small T5 and its batch, in few words. */
export interface SmallStep {
  /** Encoder and decoder. */
  readonly layers: readonly [number, number];
  /** d_model and d_ff. */
  readonly width: readonly [number, number];
  /** Heads and d_kv. */
  readonly heads: readonly [number, number];
  readonly vocab?: number;
  /** Sequences, encoder and decoder tokens. */
  readonly batch: readonly [number, number, number];
}

export function smallStep({ layers, width, heads, vocab = 512, batch }: SmallStep): StepToTime {
  const [num_layers, num_decoder_layers] = layers;
  const [d_model, d_ff] = width;
  const [num_heads, d_kv] = heads;
  const sizes = { num_layers, num_decoder_layers, d_model, d_ff, d_kv, num_heads, vocab_size: vocab };
  return {
    shape: { ...sizes, feed_forward_proj: 'relu', tie_word_embeddings: true },
    workload: { batch: batch[0], encLen: batch[1], decLen: batch[2] },
  };
}

/** What a calibration trains: layers, width, feed-forward, heads, vocabulary, batch and lengths all vary. */
export const CALIBRATION_STEPS: readonly StepToTime[] = [
  smallStep({ layers: [2, 2], width: [32, 128], heads: [2, 16], batch: [8, 128, 29] }),
  smallStep({ layers: [2, 2], width: [64, 256], heads: [4, 16], batch: [16, 128, 29] }),
  smallStep({ layers: [2, 2], width: [128, 512], heads: [4, 32], batch: [4, 128, 29] }),
  smallStep({ layers: [6, 6], width: [64, 256], heads: [4, 16], batch: [2, 128, 29] }),
  smallStep({ layers: [4, 4], width: [128, 512], heads: [4, 32], vocab: 2048, batch: [16, 128, 29] }),
  smallStep({ layers: [2, 2], width: [256, 1024], heads: [4, 64], batch: [8, 128, 29] }),
  smallStep({ layers: [4, 4], width: [32, 256], heads: [2, 16], vocab: 2048, batch: [32, 64, 16] }),
  smallStep({ layers: [3, 1], width: [192, 384], heads: [6, 32], vocab: 1024, batch: [8, 256, 57] }),
];

export type CreateEngine = (options: EngineOptions) => Promise<Engine>;

const REPEATS: Repeats = { least: 7, seconds: 1 };

/** Trains each shape for a second on random tokens; the first steps do not count. */
export async function* measureSteps(
  steps: readonly StepToTime[],
  { clock, create = createEngine }: { readonly clock: Clock; readonly create?: CreateEngine },
): AsyncGenerator<TimedStep> {
  for (const { shape, workload } of steps) {
    const engine = await create({ shape, seed: 0, train: workload });
    try {
      const batch = drawBatch(shape, workload);
      const step = () => void engine.step([batch], 1);
      step();
      yield { shape, workload, seconds: medianSeconds(step, REPEATS, clock) };
    } finally {
      engine.dispose();
    }
  }
}

function drawBatch({ vocab_size }: Shape, { batch, encLen, decLen }: Workload): Batch {
  const random = createRandom(0);
  const draw = (count: number) => Int32Array.from({ length: count }, () => 1 + random.integer(vocab_size - 1));
  return { size: batch, encLen, decLen, encoder: draw(batch * encLen), targets: draw(batch * decLen) };
}
