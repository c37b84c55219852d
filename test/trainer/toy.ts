import { createRandom } from '../../src/base/index.js';
import { type Batch, type Engine, type EngineOptions, prepareData, type Workshop } from '../../src/trainer/index.js';
import { NANO, nanoCorpus } from './nano.js';

/** Text that every run of the toy learns from. */
export const toyData = () => prepareData(nanoCorpus(), { vocabSize: NANO.vocab_size, encLen: 20, evalWindows: 20 });

export interface ToyFaults {
  /** The loss of this step, from 1, is NaN. */
  readonly diverges?: number;
  /** Waits before each step, as real ones take time; in milliseconds. */
  readonly stepMs?: number;
}

/** What a run needs of the machine, without TensorFlow. */
export const toyWorkshop = (faults: ToyFaults = {}): Workshop => ({
  describe: async ({ threads }) => ({ threads, tensorflow: 'none', peak: 1e9 }),
  createEngine: async options => createToyEngine(options, faults),
});

const RATE = 0.5;
const MOMENTUM = 0.8;

/** Ids are told apart by their last digit in this base alone. */
const CLASSES = 16;

/**
 * A bigram model of the targets, learned by gradient descent with momentum in float32, with noise in place of dropout: in
 * state, seeds and counting all that the real engine has, at a thousandth of its time.
 */
export function createToyEngine(
  { seed, accumulate = 1, dropout = 0 }: EngineOptions,
  { diverges, stepMs = 0 }: ToyFaults = {},
): Engine {
  const random = createRandom(seed);
  let weights = Float32Array.from({ length: CLASSES * CLASSES }, () => 0.1 * random.normal());
  let speed = new Float32Array(CLASSES * CLASSES);
  let steps = 0;
  const pairs = ({ targets, size, decLen }: Batch) =>
    Array.from({ length: size * decLen }, (_, i) => [
      i % decLen === 0 ? 0 : targets[i - 1] % CLASSES,
      targets[i] % CLASSES,
    ]);
  const rowLoss = (from: number, to: number, learn?: (probabilities: number[]) => void) => {
    const row = weights.subarray(from * CLASSES, (from + 1) * CLASSES);
    const top = Math.max(...row);
    const powers = Array.from(row, value => Math.exp(value - top));
    const sum = powers.reduce((a, b) => a + b, 0);
    learn?.(powers.map(power => power / sum));
    return Math.log(sum) + top - row[to];
  };
  const meanLoss = (batch: Batch) =>
    pairs(batch).reduce((sum, [from, to]) => sum + rowLoss(from, to), 0) / batch.targets.length;
  return {
    mode: 'eager',
    step(batches, share) {
      if (batches.length !== accumulate) throw new Error(`${batches.length} batches`);
      if (stepMs > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, stepMs);
      steps++;
      const noise = createRandom(seed + steps);
      const loss = batches.reduce((sum, batch) => sum + meanLoss(batch), 0) / batches.length;
      const gradient = new Float32Array(CLASSES * CLASSES);
      for (const batch of batches)
        for (const [from, to] of pairs(batch))
          rowLoss(from, to, probabilities =>
            probabilities.forEach((p, i) => {
              gradient[from * CLASSES + i] += (p - (i === to ? 1 : 0)) / batch.targets.length / batches.length;
            }),
          );
      for (let i = 0; i < weights.length; i++) {
        if (gradient[i] === 0 && speed[i] === 0) continue;
        const kept = dropout > 0 && noise.uniform() < dropout ? 0 : 1;
        speed[i] = MOMENTUM * speed[i] + kept * gradient[i];
        weights[i] -= RATE * share * speed[i];
      }
      return steps === diverges ? Number.NaN : loss;
    },
    loss: meanLoss,
    logits: () => new Float32Array(),
    generate: (_, { size }) => Array.from({ length: size }, () => [5, 6, 7]),
    params: () => new Map([['weights', weights.slice()]]),
    setParams: values => {
      weights = values.get('weights')!.slice();
    },
    state: () => ({
      steps,
      tensors: new Map([
        ['weights', { dims: [CLASSES, CLASSES], values: weights.slice() }],
        ['speed', { dims: [CLASSES, CLASSES], values: speed.slice() }],
      ]),
    }),
    restore: state => {
      steps = state.steps;
      weights = state.tensors.get('weights')!.values.slice();
      speed = state.tensors.get('speed')!.values.slice();
    },
    dispose: () => {},
  };
}
