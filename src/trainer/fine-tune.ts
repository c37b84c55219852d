import { checkSeed, createRandom, fail, mustBe, outsideRange, type Random } from '../base/index.js';
import { checkCount } from '../cost/index.js';
import type { Mode, Precision } from '../graph/index.js';
import { checkShape, type Shape } from '../shape/index.js';
import { type Batch, stackRows } from './batch.js';
import type { Engine, Rates } from './engine.js';
import {
  type FineTuneRecord,
  type Learned,
  type Pretrained,
  toFineTuneRecord,
  type Validation,
} from './fine-tune-record.js';
import { TENSORFLOW, type Workshop } from './machine.js';
import { learningRates } from './recipe.js';
import type { Params } from './run-folder.js';
import { shuffle } from './tasks/draw.js';
import { encodeExample, padRow } from './tasks/encode.js';
import { EVALUATION_BATCH, scoreTask } from './tasks/score.js';
import type { Task } from './tasks/task.js';
import { PAD, type Tokenizer } from './tokenizer.js';

/** How a model is fine-tuned where nothing else is asked for. */
export const FINE_TUNE = {
  steps: 1000,
  batch: 32,
  evaluations: 8,
  /** Of pre-training's rates. */
  embeddingShare: 0.1,
  hiddenShare: 1,
} as const;

export interface FineTuneOptions {
  readonly shape: Shape;
  /** Each is learned on its own, from the same start. */
  readonly tasks: readonly Task[];
  /** That of the pre-training; the tasks were built with it. */
  readonly tokenizer: Tokenizer;
  /** What pre-training left; without it the model starts from nothing. */
  readonly params?: Params;
  /** The run that left them. */
  readonly pretrained?: Pretrained;
  /** Decides the order of examples, dropout and, without `params`, the starting parameters; default 0. */
  readonly seed?: number;
  /** For each task; default 1000. */
  readonly steps?: number;
  /** Examples a step; default 32. */
  readonly batch?: number;
  /** Times that validation is scored, in equal distances, the last after the last step; default 8. */
  readonly evaluations?: number;
  /** Constant; default: those of FINE_TUNE. */
  readonly rates?: Rates;
  /** In [0, 1); default 0. */
  readonly dropout?: number;
  readonly precision?: Precision;
  readonly mode?: Mode;
  /** Of the record; default: shapeName. */
  readonly name?: string;
  readonly onProgress?: (progress: FineTuneProgress) => void;
  /** Ends it after the step it is in; its reason is thrown. */
  readonly signal?: AbortSignal;
}

export interface FineTuneProgress {
  readonly task: string;
  /** From 1. */
  readonly step: number;
  /** On the batch, before the step; nats per target token. */
  readonly loss: number;
  /** Share of all tasks' steps that is done, in (0, 1]. */
  readonly done: number;
}

export interface FineTuneResult {
  readonly record: FineTuneRecord;
  readonly tasks: readonly Learned[];
}

/**
 * Fine-tunes a model as T5 does (Raffel et al. 2020, section 3.1.3): all weights, a constant rate, the checkpoint that is
 * best on the validation split, which is then scored on the test split by greedy decoding. Several tasks are learned one
 * after another, each from the same start, and stand in one record with their combined score. The same seed and threads
 * give the same scores. A task lasts seconds to minutes, so what was cut off starts again.
 *
 * @example const { record } = await fineTune({ shape, params, tasks: buildTasks(data), tokenizer: data.tokenizer });
 */
export async function fineTune(options: FineTuneOptions, workshop: Workshop = TENSORFLOW): Promise<FineTuneResult> {
  const settings = parseFineTuneOptions(options);
  const started = new Date().toISOString();
  const tasks: Learned[] = [];
  for (const task of settings.tasks) tasks.push(await learnTask(task, settings, workshop));
  return { record: toFineTuneRecord({ ...settings, learned: tasks, started }), tasks };
}

function parseFineTuneOptions(options: FineTuneOptions) {
  const { shape, tasks, tokenizer, seed = 0, dropout = 0, precision = 'fp32' } = options;
  const { steps = FINE_TUNE.steps, batch = FINE_TUNE.batch, evaluations = FINE_TUNE.evaluations } = options;
  checkShape(shape);
  checkSeed(seed);
  checkCount('steps', steps);
  checkCount('batch', batch);
  checkCount('evaluations', evaluations);
  if (!(dropout >= 0 && dropout < 1)) fail(outsideRange('dropout', '[0, 1)', dropout));
  if (tasks.length === 0) fail('fine-tuning needs at least 1 task, got none');
  if (tokenizer.size > shape.vocab_size)
    fail(mustBe("ids of the text's tokenizer", `at most the shape's vocab_size ${shape.vocab_size}`, tokenizer.size));
  const { rates = fineTuneRates(shape) } = options;
  return { ...options, seed, dropout, precision, rates, steps, batch, evaluations };
}
type Settings = ReturnType<typeof parseFineTuneOptions>;

/** Those of pre-training but for the embedding, which pre-training has made large: see FINE_TUNE. */
function fineTuneRates(shape: Shape): Rates {
  const { embedding, hidden, norm, relative_bias } = learningRates(shape);
  const { embeddingShare, hiddenShare } = FINE_TUNE;
  return {
    embedding: embeddingShare * embedding,
    hidden: hiddenShare * hidden,
    norm: hiddenShare * norm,
    relative_bias: hiddenShare * relative_bias,
  };
}

async function learnTask(task: Task, settings: Settings, workshop: Workshop): Promise<Learned> {
  const { shape, params, seed, batch, rates, dropout, precision, mode } = settings;
  const { encLen, decLen } = task;
  const random = createRandom(seed);
  const engine = await workshop.createEngine({
    shape,
    seed: random.integer(2 ** 31),
    train: { batch, encLen, decLen },
    evaluation: { batch: EVALUATION_BATCH, encLen, decLen },
    padded: true,
    rates,
    dropout,
    precision,
    mode,
  });
  try {
    if (params) engine.setParams(params);
    const { best, ...learned } = await takeSteps(engine, task, settings, random);
    engine.setParams(best.params);
    const test = scoreTask(engine, task, task.test, settings.tokenizer);
    return { task, engine: engine.mode, best, ...learned, test };
  } finally {
    engine.dispose();
  }
}

async function takeSteps(engine: Engine, task: Task, settings: Settings, random: Random) {
  const { steps, evaluations, tokenizer } = settings;
  const every = Math.ceil(steps / evaluations);
  const batches = drawBatches(task, settings, random);
  const validations: Validation[] = [];
  const stepSeconds: number[] = [];
  let best: Learned['best'] | undefined;
  let tokens = 0;
  for (let step = 1; step <= steps; step++) {
    const batch: Batch = batches.next().value;
    const start = performance.now();
    const loss = engine.step([batch], 1);
    stepSeconds.push((performance.now() - start) / 1000);
    if (!Number.isFinite(loss)) fail(`loss of task ${task.name} must be a finite number, got ${loss} at step ${step}`);
    tokens += batch.encoder.reduce((count, id) => count + (id === PAD ? 0 : 1), 0);
    if (step % every === 0 || step === steps) {
      const { score, loss: validationLoss } = scoreTask(engine, task, task.validation, tokenizer);
      const validation = { step, score, loss: validationLoss };
      validations.push(validation);
      if (best === undefined || isBetter(validation, best)) best = { ...validation, params: engine.params() };
    }
    await afterStep(task, settings, { step, loss });
  }
  return { best: best!, validations, tokens, stepSeconds };
}

/** Where scores are equal, the lower loss is better. */
const isBetter = (a: Validation, b: Validation) => a.score > b.score || (a.score === b.score && a.loss < b.loss);

async function afterStep(
  task: Task,
  { tasks, steps, onProgress, signal }: Settings,
  { step, loss }: { step: number; loss: number },
): Promise<void> {
  onProgress?.({ task: task.name, step, loss, done: (tasks.indexOf(task) + step / steps) / tasks.length });
  if (step % BREATH_STEPS !== 0) return;
  await new Promise(setImmediate);
  signal?.throwIfAborted();
}

/** Steps after which the event loop may do its other work. */
const BREATH_STEPS = 8;

/** Batches without end: epochs of the training examples, each in an order of its own. */
function* drawBatches(task: Task, { tokenizer, batch }: Settings, random: Random): Generator<Batch, never> {
  const rows = task.train.map(example => encodeExample(example, tokenizer));
  let queue: typeof rows = [];
  for (;;) {
    while (queue.length < batch) queue = [...queue, ...shuffle(rows, random)];
    yield stackRows(queue.splice(0, batch).map(row => padRow(row, task)));
  }
}
