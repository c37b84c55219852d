import { checkSeed, createRandom, fail, mustBe, type Random } from '../base/index.js';
import { checkCount } from '../cost/index.js';
import type { Mode, Precision } from '../graph/index.js';
import { checkShape, type Shape } from '../shape/index.js';
import { type Batch, stackRows } from './batch.js';
import type { Engine, Rates } from './engine.js';
import { type FineTuneRecord, type Pretrained, toFineTuneRecord, type Validation } from './fine-tune-record.js';
import { TENSORFLOW, type Workshop } from './machine.js';
import { learningRates } from './recipe.js';
import type { Params } from './run-folder.js';
import { combineScores } from './tasks/combine.js';
import { shuffle } from './tasks/draw.js';
import { encodeExample, padRow, type Row } from './tasks/encode.js';
import { EVALUATION_BATCH, scoreTask, type TaskScore } from './tasks/score.js';
import type { Split, Task } from './tasks/task.js';
import { PAD, type Tokenizer } from './tokenizer.js';

/** How a model is fine-tuned where nothing else is asked for. */
export const FINE_TUNE = { steps: 2000, batch: 32, evaluations: 8, rateShare: 1 } as const;

export interface FineTuneOptions {
  readonly shape: Shape;
  /** One task, or several that are learned at once, in equal shares. */
  readonly tasks: readonly Task[];
  /** That of the pre-training; the tasks were built with it. */
  readonly tokenizer: Tokenizer;
  /** What pre-training left; without it the model starts from nothing. */
  readonly params?: Params;
  /** The run that left them. */
  readonly pretrained?: Pretrained;
  /** Decides the order of examples, dropout and, without `params`, the starting parameters; default 0. */
  readonly seed?: number;
  /** Default 2000. */
  readonly steps?: number;
  /** Examples a step; default 32. */
  readonly batch?: number;
  /** Times that validation is scored, in equal distances, the last after the last step; default 8. */
  readonly evaluations?: number;
  /** Constant; default: FINE_TUNE.rateShare of pre-training's. */
  readonly rates?: Rates;
  /** In [0, 1); default 0. */
  readonly dropout?: number;
  readonly precision?: Precision;
  readonly mode?: Mode;
  /** Of the record; default: shapeName. */
  readonly name?: string;
  readonly onProgress?: (progress: { readonly step: number; readonly done: number; readonly loss: number }) => void;
  /** Ends it after the step it is in; its reason is thrown. */
  readonly signal?: AbortSignal;
}

export interface FineTuneResult {
  readonly record: FineTuneRecord;
  /** On the test split, by the best checkpoint; by task name. */
  readonly test: ReadonlyMap<string, TaskScore>;
  /** Of the best checkpoint. */
  readonly params: Params;
}

/**
 * Fine-tunes a model as T5 does (Raffel et al. 2020, section 3.1.3): all weights, a constant rate, the checkpoint that is
 * best on the validation split, which is then scored on the test split, by greedy decoding. Where several tasks are given
 * they are mixed, and the best checkpoint is that of the best combined score. The same seed and threads give the same
 * scores. It lasts seconds to minutes, so a run that was cut off starts again.
 *
 * @example const { record } = await fineTune({ shape, params, tasks: buildTasks(data), tokenizer: data.tokenizer });
 */
export async function fineTune(options: FineTuneOptions, workshop: Workshop = TENSORFLOW): Promise<FineTuneResult> {
  const settings = parseFineTuneOptions(options);
  const { tasks, batch, seed, lengths, params } = settings;
  const random = createRandom(seed);
  const started = new Date().toISOString();
  const engine = await workshop.createEngine({
    ...settings,
    seed: random.integer(2 ** 31),
    train: { batch, ...lengths },
    evaluation: { batch: EVALUATION_BATCH, ...lengths },
    padded: true,
  });
  try {
    if (params) engine.setParams(params);
    const learned = await learn(engine, settings, random);
    engine.setParams(learned.best.params);
    const test = scoreAll(engine, settings, 'test');
    const record = toFineTuneRecord({ ...settings, ...learned, test, engine: engine.mode, started });
    return { record, test: new Map(tasks.map(({ name }, i) => [name, test[i]])), params: learned.best.params };
  } finally {
    engine.dispose();
  }
}

function parseFineTuneOptions(options: FineTuneOptions) {
  const { shape, tasks, tokenizer, seed = 0, dropout = 0, precision = 'fp32', rates = fineTuneRates(shape) } = options;
  const { steps = FINE_TUNE.steps, batch = FINE_TUNE.batch, evaluations = FINE_TUNE.evaluations } = options;
  checkShape(shape);
  checkSeed(seed);
  checkCount('steps', steps);
  checkCount('batch', batch);
  checkCount('evaluations', evaluations);
  if (tasks.length === 0) fail('fine-tuning needs at least 1 task, got none');
  if (tokenizer.size > shape.vocab_size)
    fail(mustBe("ids of the text's tokenizer", `at most the shape's vocab_size ${shape.vocab_size}`, tokenizer.size));
  const lengths = {
    encLen: Math.max(...tasks.map(({ encLen }) => encLen)),
    decLen: Math.max(...tasks.map(({ decLen }) => decLen)),
  };
  return { ...options, seed, dropout, precision, rates, steps, batch, evaluations, lengths };
}
type Settings = ReturnType<typeof parseFineTuneOptions>;

/** The rates of pre-training, all by one factor: see FINE_TUNE. */
function fineTuneRates(shape: Shape): Rates {
  const { embedding, hidden, norm, relative_bias } = learningRates(shape);
  const share = FINE_TUNE.rateShare;
  return {
    embedding: share * embedding,
    hidden: share * hidden,
    norm: share * norm,
    relative_bias: share * relative_bias,
  };
}

/** What the steps leave behind. */
interface Learned {
  readonly best: Validation & { readonly params: Params };
  readonly validations: readonly Validation[];
  /** Of the encoder, padding excluded. */
  readonly tokens: number;
  readonly stepSeconds: readonly number[];
}

async function learn(engine: Engine, settings: Settings, random: Random): Promise<Learned> {
  const { steps, evaluations, onProgress, signal } = settings;
  const every = Math.ceil(steps / evaluations);
  const batches = mixBatches(settings, random);
  const validations: Validation[] = [];
  const stepSeconds: number[] = [];
  let best: Learned['best'] | undefined;
  let tokens = 0;
  for (let step = 1; step <= steps; step++) {
    const batch: Batch = batches.next().value;
    const start = performance.now();
    const loss = engine.step([batch], 1);
    stepSeconds.push((performance.now() - start) / 1000);
    if (!Number.isFinite(loss)) fail(`loss of fine-tuning must be a finite number, got ${loss} at step ${step}`);
    tokens += batch.encoder.reduce((count, id) => count + (id === PAD ? 0 : 1), 0);
    onProgress?.({ step, done: step / steps, loss });
    if (step % every === 0 || step === steps) {
      const validation = validate(engine, settings, step);
      validations.push(validation);
      if (best === undefined || isBetter(validation, best)) best = { ...validation, params: engine.params() };
    }
    await breathe(step, signal);
  }
  return { best: best!, validations, tokens, stepSeconds };
}

/** Where scores are equal, the lower loss is better. */
const isBetter = (a: Validation, b: Validation) => a.score > b.score || (a.score === b.score && a.loss < b.loss);

/** Lets the event loop do its other work now and then. */
async function breathe(step: number, signal: AbortSignal | undefined): Promise<void> {
  if (step % 8 !== 0) return;
  await new Promise(setImmediate);
  signal?.throwIfAborted();
}

function validate(engine: Engine, settings: Settings, step: number): Validation {
  const results = scoreAll(engine, settings, 'validation');
  const scores = Object.fromEntries(settings.tasks.map(({ name }, i) => [name, results[i].score]));
  const loss = results.reduce((sum, result) => sum + result.loss, 0) / results.length;
  return { step, score: combineScores(scores, settings.tasks), loss, scores };
}

const scoreAll = (engine: Engine, { tasks, tokenizer, lengths }: Settings, split: Exclude<Split, 'train'>) =>
  tasks.map(task => scoreTask(engine, task, task[split], { tokenizer, ...lengths }));

/** Batches without end: the rows take turns among the tasks, each of which goes through its examples in epochs. */
function* mixBatches({ tasks, tokenizer, batch, lengths }: Settings, random: Random): Generator<Batch, never> {
  const streams = tasks.map(({ train }) => shuffledEpochs(train, random.fork()));
  for (let row = 0; ; ) {
    const rows: Row[] = [];
    while (rows.length < batch) {
      const example = streams[row++ % streams.length].next().value;
      rows.push(padRow(encodeExample(example, tokenizer), lengths));
    }
    yield stackRows(rows);
  }
}

function* shuffledEpochs<V>(values: readonly V[], random: Random): Generator<V, never> {
  for (;;) yield* shuffle(values, random);
}
