import { checkSeed, createRandom, fail, mustBe } from '../base/index.js';
import { checkCount } from '../cost/index.js';
import { checkShape, type Shape } from '../shape/index.js';
import { type Corpus, loadCorpus } from './corpus.js';
import { type DataOptions, prepareData, type TrainingData, trainBatches } from './data.js';
import { evaluate } from './evaluate.js';
import { loadTensorflow } from './load-tensorflow.js';
import { type Length, type LoopOptions, type LossPoint, runLoop } from './loop.js';
import { type TrainRecord, toRecord } from './record.js';

export interface TrainOptions extends DataOptions, LoopOptions {
  readonly shape: Shape;
  /** Optimiser steps; the same seed and threads then give the same losses to the bit. Give this or `seconds`. */
  readonly steps?: number;
  /** Length of the training loop on the clock; reading the text and evaluation come on top. */
  readonly seconds?: number;
  /** Sequences a step; default 8. */
  readonly batch?: number;
  /** Decides the starting parameters and the batches; default 0. */
  readonly seed?: number;
  /** A corpus, or a name for loadCorpus; default moby-dick+sotu. */
  readonly corpus?: Corpus | string;
  /** What prepareData made, to share it among runs; then corpus, vocabSize, encLen and evalWindows are not read. */
  readonly data?: TrainingData;
  /** Threads of one TensorFlow operation; see loadTensorflow. */
  readonly threads?: number;
  /** Default: shapeName. */
  readonly name?: string;
}

export interface TrainResult {
  readonly record: TrainRecord;
  /** One point a step. */
  readonly losses: readonly LossPoint[];
}

/**
 * Trains one T5 from nothing on real text by span corruption, and measures it on held-out windows.
 * The vocabulary is by default the shape's own.
 *
 * @example const { record } = await trainRun({ shape, steps: 400 }); // record.loss: nats per target token
 */
export async function trainRun(options: TrainOptions): Promise<TrainResult> {
  const { shape, batch, seed, length } = parseTrainOptions(options);
  const tensorflow = await loadTensorflow(options);
  const { createTapeEngine } = await import('./tape/engine.js');
  const data = options.data ?? (await loadData(options)); // 1. text -> ids, held-out windows
  checkVocabulary(data, shape);
  const started = new Date().toISOString();
  const random = createRandom(seed);
  const engine = createTapeEngine(shape, random.integer(2 ** 31)); // 2. shape -> model and optimiser
  try {
    const run = await runLoop(engine, trainBatches(data, batch, random), length, options); // 3. learn
    const loss = run.diverged ? undefined : evaluate(engine, data.heldOut); // 4. measure
    const { name } = options;
    return { record: toRecord({ name, shape, batch, seed, data, run, loss, started, tensorflow }), losses: run.losses };
  } finally {
    engine.dispose();
  }
}

function parseTrainOptions({ shape, batch = 8, seed = 0, steps, seconds }: TrainOptions) {
  checkShape(shape);
  checkCount('batch', batch);
  checkSeed(seed);
  if ((steps === undefined) === (seconds === undefined))
    fail(`a run must have a length, either steps or seconds, got ${steps === undefined ? 'neither' : 'both'}`);
  if (seconds !== undefined && !(seconds > 0 && seconds < 1e9)) fail(mustBe('seconds', 'a positive number', seconds));
  const length: Length = steps === undefined ? { seconds: seconds! } : { steps: checkCount('steps', steps) };
  return { shape, batch, seed, length };
}

async function loadData({ corpus, shape, vocabSize = shape.vocab_size, encLen, evalWindows }: TrainOptions) {
  const loaded = typeof corpus === 'object' ? corpus : await loadCorpus(corpus);
  return prepareData(loaded, { vocabSize, encLen, evalWindows });
}

function checkVocabulary({ tokenizer }: TrainingData, { vocab_size }: Shape): void {
  if (tokenizer.size > vocab_size)
    fail(mustBe("ids of the text's tokenizer", `at most the shape's vocab_size ${vocab_size}`, tokenizer.size));
}
