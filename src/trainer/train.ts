import { createRandom, fail, mustBe } from '../base/index.js';
import type { Shape } from '../shape/index.js';
import type { Corpus } from './corpus.js';
import { type Reached, runCourse } from './course.js';
import { type DataOptions, loadTrainingData, type TrainingData } from './data.js';
import type { CacheOptions } from './data-cache.js';
import type { EngineOptions } from './engine.js';
import type { LossPoint } from './loop.js';
import { TENSORFLOW, type Workshop } from './machine.js';
import type { TrainRecord } from './record.js';
import { openRunFolder, type Params, type RunFolder } from './run-folder.js';
import { type Identity, identifyRun, parseSettings, type SettingOptions, type Settings } from './settings.js';
import type { WatchOptions } from './watch.js';

export interface TrainOptions extends DataOptions, CacheOptions, SettingOptions, WatchOptions {
  /** A corpus, or a name for loadCorpus; default: all that this package knows. */
  readonly corpus?: Corpus | string;
  /** What prepareData made, to share it among runs; then corpus, vocabSize, encLen and evalWindows are not read. */
  readonly data?: TrainingData;
  /** Of the record; default: shapeName. */
  readonly name?: string;
  /** Where checkpoints and records go; a run that is there goes on, and one that is finished is read. One run a folder. */
  readonly folder?: string;
  /** Removes what the same run left in the folder. */
  readonly fresh?: boolean;
  /** How long to wait while another process is at work in the folder; default 0. */
  readonly waitSeconds?: number;
}

export interface TrainResult {
  /** Of the longest point. */
  readonly record: TrainRecord;
  /** One a point, in rising order. */
  readonly records: readonly TrainRecord[];
  /** Of the longest point, one a step; of a run that was found finished, those of its loss curve. */
  readonly losses: readonly LossPoint[];
  /** Parameters by their Hugging Face names, after the last step of a record; default: of `record`. */
  readonly params: (record?: TrainRecord) => Promise<Params>;
  /** Found finished in its folder: nothing was trained. */
  readonly found: boolean;
}

/** A run before it starts. */
export interface PreparedRun extends Identity {
  readonly settings: Settings;
  readonly data: TrainingData;
}

/**
 * Trains one T5 from nothing on real text by span corruption, and measures it on held-out windows.
 * The vocabulary is by default the shape's own.
 *
 * @example const { record } = await trainRun({ shape, steps: 400 }); // record.loss: nats per target token
 */
export async function trainRun(options: TrainOptions, workshop: Workshop = TENSORFLOW): Promise<TrainResult> {
  const prepared = await prepareRun(options); // 1. text -> ids, held-out windows; settings -> name of the run
  if (options.folder === undefined) return trainPrepared(prepared, options, { workshop });
  const folder = await openRunFolder(options.folder, prepared, options);
  try {
    if (isFinished(prepared.settings, await folder.loadRecords())) return await folderResult(folder, []);
    return await trainPrepared(prepared, options, { workshop, folder });
  } finally {
    await folder.lock.release();
  }
}

/** Checks the options, loads the text and names the run, without training. */
export async function prepareRun(options: TrainOptions): Promise<PreparedRun> {
  const settings = parseSettings(options, options.data?.plan.encLen ?? options.encLen ?? 128);
  const data =
    options.data ?? (await loadTrainingData(options.corpus, { vocabSize: options.shape.vocab_size, ...options }));
  checkVocabulary(data, settings.shape);
  return { settings, data, ...identifyRun(settings, data) };
}

function checkVocabulary({ tokenizer }: TrainingData, { vocab_size }: Shape): void {
  if (tokenizer.size > vocab_size)
    fail(mustBe("ids of the text's tokenizer", `at most the shape's vocab_size ${vocab_size}`, tokenizer.size));
}

async function trainPrepared(
  prepared: PreparedRun,
  options: TrainOptions,
  { workshop, folder }: { workshop: Workshop; folder?: RunFolder },
): Promise<TrainResult> {
  const { settings, data } = prepared;
  const mode = settings.mode === 'default' ? undefined : settings.mode;
  const machine = await workshop.describe({ ...settings, mode });
  const random = createRandom(settings.seed);
  const [seed, dataSeed] = [random.integer(2 ** 31), random.integer(2 ** 32)];
  const engine = await workshop.createEngine(engineOptions(settings, data, { seed, mode })); // 2. shape -> model, optimiser
  try {
    const started = folder?.started ?? new Date().toISOString();
    const course = { ...prepared, identity: prepared, name: options.name, machine, engine, started, dataSeed, folder };
    const reached = await runCourse(course, options); // 3. learn, 4. measure
    return folder ? await folderResult(folder, reached) : keptResult(reached);
  } finally {
    engine.dispose();
  }
}

function engineOptions(settings: Settings, data: TrainingData, { seed, mode }: Pick<EngineOptions, 'seed' | 'mode'>) {
  const { shape, batch, optimizer, accumulate, dropout, precision, clip, rates } = settings;
  const { encLen, decLen } = data.plan;
  const train = { batch: batch / accumulate, encLen, decLen };
  const evaluation = { batch: data.heldOut.batches[0].size, encLen, decLen };
  return { shape, seed, train, evaluation, optimizer, accumulate, dropout, precision, clip, rates, mode };
}

/** Every length has its record. */
function isFinished({ length }: Settings, records: readonly TrainRecord[]): boolean {
  if ('seconds' in length) return records.length > 0;
  const planned = new Set(records.map(({ planned_steps }) => planned_steps));
  return length.points.every(point => planned.has(point));
}

/** Of a run without a folder: all in memory. */
function keptResult(reached: readonly Reached[]): TrainResult {
  const records = byLength(reached.map(({ record }) => record));
  const last = records[records.length - 1];
  return {
    record: last,
    records,
    losses: reached.find(({ record }) => record === last)!.losses,
    params: async (record = last) => reached.find(other => other.record === record)?.params ?? noParams(record),
    found: false,
  };
}

async function folderResult(folder: RunFolder, reached: readonly Reached[]): Promise<TrainResult> {
  const records = byLength(await folder.loadRecords());
  const last = records[records.length - 1];
  return {
    record: last,
    records,
    losses: reached.find(({ record }) => record.planned_steps === last.planned_steps)?.losses ?? curvePoints(last),
    params: async (record = last) => (record.loss === undefined ? noParams(record) : folder.loadParams(record.steps)),
    found: reached.length === 0,
  };
}

const byLength = (records: readonly TrainRecord[]) =>
  [...records].sort((a, b) => (a.planned_steps ?? 0) - (b.planned_steps ?? 0));

const noParams = ({ run }: TrainRecord) =>
  fail(`run ${run} must have a loss to have parameters, got none: it diverged`);

const curvePoints = ({ loss_curve: { steps, losses }, batch, enc_len }: TrainRecord): LossPoint[] =>
  steps.map((step, i) => ({ step, tokens: step * batch * enc_len, loss: losses[i] ?? Number.NaN }));
