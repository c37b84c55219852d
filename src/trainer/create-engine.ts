import { checkSeed, createRandom, fail, mustBe, outsideRange, unknownName } from '../base/index.js';
import { checkCount } from '../cost/index.js';
import { openSession, type Session } from '../graph/index.js';
import { checkShape } from '../shape/index.js';
import { type Batch, countTargets, fillBatch, fillEncoder, type Room } from './batch.js';
import type { Engine, EngineOptions, EngineState, Sizes } from './engine.js';
import { buildEngineGraph, type EngineGraph, type EngineSettings, FETCHES, feedsOf } from './engine-graph.js';
import { tensorflowMissing } from './load-tensorflow.js';
import { packWeights, unpackWeights } from './model/weights.js';
import { initParams, paramTensors } from './params.js';
import { OPTIMIZERS, recipeOf } from './recipe.js';

/**
 * A T5 with its optimiser, as one graph of TensorFlow with its state inside. Where TensorFlow's addon does not load,
 * the same graph runs operation by operation on its plain JavaScript backend: slower, and `mode` says so.
 *
 * @example const engine = await createEngine({ shape, seed: 0, train: { batch: 8, encLen: 128, decLen: 29 } });
 */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const settings = parseEngineOptions(options);
  await tensorflowMissing(); // loads it and fixes its threads; where it is missing the session does without
  const built = buildEngineGraph(settings); // 1. shape -> graph
  const session = await openSession(built.graph, { mode: options.mode }); // 2. graph -> session
  const engine = engineOver(settings, built, session);
  const tensors = paramTensors(settings.shape);
  const start = initParams(tensors, settings.seed); // 3. seed -> parameters
  engine.setParams(new Map(tensors.map(({ name, from, to }) => [name, start.subarray(from, to)])));
  return engine;
}

function parseEngineOptions(options: EngineOptions): EngineSettings {
  const { shape, seed, train, evaluation = train, optimizer = 'adam', accumulate = 1, dropout = 0 } = options;
  checkShape(shape);
  checkSeed(seed);
  for (const sizes of [train, evaluation]) checkSizes(sizes);
  const optimizers = [...OPTIMIZERS, 'none'] as const;
  if (!optimizers.includes(optimizer)) fail(unknownName('optimizer', optimizer, optimizers));
  checkCount('accumulate', accumulate);
  if (!(dropout >= 0 && dropout < 1)) fail(outsideRange('dropout', '[0, 1)', dropout));
  const recipe = recipeOf(optimizer === 'none' ? 'adam' : optimizer, shape);
  const { precision = 'fp32', clip = recipe.clip, rates = recipe.rates, padded = false } = options;
  if (clip !== null && !(clip > 0)) fail(mustBe('clip', 'a positive number or null', clip));
  return { shape, seed, train, evaluation, optimizer, accumulate, dropout, precision, clip, rates, padded };
}

function checkSizes({ batch, encLen, decLen }: Sizes): void {
  checkCount('batch', batch);
  checkCount('enc_len', encLen);
  checkCount('dec_len', decLen);
}

function engineOver(settings: EngineSettings, built: EngineGraph, session: Session): Engine {
  const { evaluation, padded, shape } = settings;
  const { weights, kept, generate } = built;
  const room: Room = { sizes: evaluation, padded, vocabulary: shape.vocab_size };
  const names = weights.all.map(({ name }) => name);
  const step = createStep(settings, built, session);
  const evaluate = (fetch: string, batch: Batch) =>
    session.run([fetch], feedsOf('evaluation', fillBatch(batch, room)))[0] as Float32Array;
  return {
    mode: session.mode,
    step: step.run,
    loss: batch => evaluate('evaluation.total', batch)[0] / countSome([batch]),
    logits: batch => cutRows(evaluate('evaluation.logits', batch), batch, evaluation.decLen, shape.vocab_size),
    generate: (encoder, sizes, maxTokens) => {
      checkCount('max_tokens', maxTokens);
      if (maxTokens > evaluation.decLen)
        fail(mustBe('max_tokens', `at most ${evaluation.decLen}, as built`, maxTokens));
      const filled = fillEncoder(encoder, sizes, room);
      return generate(session, filled, { size: sizes.size, maxTokens });
    },
    params: () => unpackWeights(weights.all, session.readVariables(names)),
    setParams: values => session.writeVariables(packWeights(weights.all, values)),
    state: () => {
      const values = session.readVariables(kept);
      const dims = (name: string) => built.graph.variables.get(name)!.dims;
      const tensors = new Map(kept.map((name, i) => [name, { dims: dims(name), values: values[i] }]));
      return { steps: step.taken(), tensors };
    },
    restore: state => {
      session.writeVariables(checkState(state, built));
      step.setTaken(state.steps);
    },
    dispose: () => session.dispose(),
  };
}

/** The count of steps, and what takes one. */
function createStep(settings: EngineSettings, { optimizer }: EngineGraph, session: Session) {
  const { train, padded, accumulate, seed, shape } = settings;
  const room: Room = { sizes: train, padded, vocabulary: shape.vocab_size };
  const dropoutSeed = createRandom(seed).integer(2 ** 30);
  let taken = 0;
  const run = (batches: readonly Batch[], share: number): number => {
    if (!optimizer) return fail("step must have an optimizer, got 'none'");
    if (batches.length !== accumulate)
      fail(`step must be given ${accumulate} micro-batches, as built, got ${batches.length}`);
    const filled = batches.map(batch => fillBatch(batch, room));
    const targets = countSome(batches);
    const update = optimizer.feeds(++taken, share);
    return filled.reduce((loss, batch, i) => {
      const last = i === accumulate - 1;
      const fetch = last ? FETCHES.step : i === 0 ? FETCHES.begin : FETCHES.gather;
      const drawn = Int32Array.of(dropoutSeed, (taken - 1) * accumulate + i);
      const feeds = { ...feedsOf('train', batch), 'train.perTarget': 1 / targets, 'train.seed': drawn };
      return loss + session.run([fetch], { ...feeds, ...(last && update) })[0][0];
    }, 0);
  };
  return {
    run,
    taken: () => taken,
    setTaken: (steps: number) => {
      taken = steps;
    },
  };
}

/** Targets that the mean is over. */
function countSome(batches: readonly Batch[]): number {
  const count = batches.reduce((sum, batch) => sum + countTargets(batch), 0);
  return count > 0 ? count : fail('batch must have at least one target that is not padding, got none');
}

/** The rows and positions that the batch has. [batch * built, V] -> [size * decLen, V] */
function cutRows(logits: Float32Array, { size, decLen }: Batch, built: number, vocabulary: number): Float32Array {
  if (decLen === built) return logits.slice(0, size * decLen * vocabulary);
  const cut = new Float32Array(size * decLen * vocabulary);
  for (let row = 0; row < size; row++) {
    const from = row * built * vocabulary;
    cut.set(logits.subarray(from, from + decLen * vocabulary), row * decLen * vocabulary);
  }
  return cut;
}

function checkState({ tensors }: EngineState, { kept, graph }: EngineGraph): Map<string, Float32Array> {
  for (const name of tensors.keys()) if (!kept.includes(name)) fail(unknownName('tensor of the state', name, kept));
  return new Map(
    kept.map(name => {
      const { dims } = graph.variables.get(name)!;
      const found = tensors.get(name);
      if (found?.dims.join() !== dims.join())
        return fail(
          `state must have ${name} [${dims.join(', ')}], got ${found ? `[${found.dims.join(', ')}]` : 'none'}`,
        );
      return [name, found.values];
    }),
  );
}
