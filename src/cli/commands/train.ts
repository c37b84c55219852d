import { freemem } from 'node:os';
import { basename, join } from 'node:path';
import { fail, format } from '../../base/index.js';
import { estimateTrainMemory } from '../../cost/index.js';
import { parseShape } from '../../shape/index.js';
import {
  type Completion,
  completeSpans,
  loadTextCorpus,
  type OptimizerName,
  type Progress,
  prepareRun,
  type ScheduleName,
  saveHuggingFace,
  type TrainOptions,
  type TrainRecord,
  type TrainResult,
  trainRun,
} from '../../trainer/index.js';
import { parseNumber } from '../input.js';
import { startProgress } from '../progress.js';
import { Stopped, untilStopped } from '../stop.js';
import { formatTable, print, printJson, say } from '../table.js';

export interface TrainCommandOptions {
  readonly vocab?: string;
  readonly minutes?: string;
  readonly seconds?: string;
  readonly steps?: string;
  readonly tokens?: string;
  readonly batch: string;
  readonly accumulate: string;
  readonly seed: string;
  readonly optimizer: string;
  readonly schedule?: string;
  readonly warmUp?: string;
  readonly dropout: string;
  readonly precision: string;
  readonly mode?: string;
  readonly threads?: string;
  readonly evaluateEvery?: string;
  readonly corpus?: string;
  readonly text?: readonly string[];
  readonly out: string;
  readonly fresh?: true;
  readonly export?: string;
  readonly json?: true;
}

/** Trains one shape in its own folder under --out: goes on where an earlier process stopped, or shows what it made. */
export async function runTrain(name: string, options: TrainCommandOptions): Promise<void> {
  const asked = parseTrain(name, options);
  checkMemory(asked);
  const { run, data } = await prepareRun(asked);
  const folder = join(options.out, run);
  const result = await trainUntilStopped({ ...asked, data, folder, fresh: options.fresh === true, onNote: say });
  if (result === undefined) return;
  const { record, params, found } = result;
  if (found) say('this run was finished before; --fresh trains it anew');
  if (options.export !== undefined) {
    await saveHuggingFace(options.export, { shape: asked.shape, params: await params(), tokenizer: data.tokenizer });
    say(`exported to ${options.export}`);
  }
  if (options.json) return printJson(record);
  print(recordTable(record, join(folder, 'records.jsonl')));
  if (record.loss !== undefined)
    print(completionText(await completeSpans({ shape: asked.shape, params: await params(), data }, 2)));
}

function parseTrain(name: string, options: TrainCommandOptions): TrainOptions {
  const { vocab, optimizer, schedule, precision, mode, corpus, text } = options;
  if (corpus !== undefined && text !== undefined) fail('train needs --corpus or --text, got both');
  const shape = parseShape(name);
  const number = (option: string, given: string | undefined) =>
    given === undefined ? undefined : parseNumber(option, given);
  return {
    shape: vocab === undefined ? shape : { ...shape, vocab_size: parseNumber('--vocab', vocab) },
    ...parseLength(options),
    batch: parseNumber('--batch', options.batch),
    accumulate: parseNumber('--accumulate', options.accumulate),
    seed: parseNumber('--seed', options.seed),
    optimizer: optimizer as OptimizerName,
    schedule: schedule as ScheduleName | undefined,
    warmupSteps: number('--warm-up', options.warmUp),
    dropout: parseNumber('--dropout', options.dropout),
    precision: precision as TrainOptions['precision'],
    mode: mode as TrainOptions['mode'],
    threads: number('--threads', options.threads),
    evaluateEvery: number('--evaluate-every', options.evaluateEvery),
    corpus: text === undefined ? corpus : loadTextCorpus(text.map(file => basename(file)).join('+'), text),
  };
}

/** One of the four; a minute where none is given. */
function parseLength({ minutes, seconds, steps, tokens }: TrainCommandOptions): Partial<TrainOptions> {
  const given = Object.entries({ minutes, seconds, steps, tokens }).filter(([, text]) => text !== undefined);
  if (given.length > 1)
    fail(
      `train needs one of --minutes, --seconds, --steps, --tokens, got ${given.map(([name]) => `--${name}`).join(' and ')}`,
    );
  const [name, text] = given[0] ?? ['minutes', '1'];
  const value = parseNumber(`--${name}`, text!);
  return name === 'minutes' ? { seconds: 60 * value } : { [name]: value };
}

/** Undefined where a signal stopped it: then what to do is said, and the exit code is set. */
async function trainUntilStopped(options: TrainOptions): Promise<TrainResult | undefined> {
  let saved: number | undefined;
  const onCheckpoint = (steps: number) => {
    saved = steps;
  };
  try {
    return await untilStopped(signal => trainWithProgress({ ...options, signal, onCheckpoint }));
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    say(
      `${error.message}; ${saved === undefined ? 'no checkpoint could be written' : `the same command goes on after step ${saved}, from ${options.folder}`}`,
    );
    process.exitCode = error.exitCode;
    return undefined;
  }
}

/** Refuses what cannot fit, before the system has to end the process. */
function checkMemory({
  shape,
  batch = 8,
  accumulate = 1,
  encLen = 128,
  precision,
  optimizer,
  dropout,
}: TrainOptions): void {
  const size = Math.max(1, Math.round(batch / accumulate));
  const decLen = Math.ceil(encLen / 4); // more than span corruption makes
  const needed = estimateTrainMemory(shape, { batch: size, encLen, decLen }, { precision, optimizer, dropout }).total;
  if (needed > freemem())
    fail(
      `training must fit in the free memory of ${format.bytes(freemem())}, got a shape and batch that need ${format.bytes(needed)}`,
    );
}

/** Trains with a progress bar on stderr. */
export async function trainWithProgress(options: TrainOptions): Promise<TrainResult> {
  const bar = await startProgress('training');
  const onProgress = (progress: Progress) => bar.update(progress.done, remarkOn(progress));
  try {
    return await trainRun({ ...options, onProgress });
  } finally {
    bar.stop();
  }
}

const remarkOn = ({ loss, tokensPerSecond, peakShare }: Progress) =>
  `loss ${loss.toFixed(3)}  ${format.si(tokensPerSecond)} tokens/s  ${format.percent(peakShare, 0)} of peak`;

const NAMED = [
  { title: 'measured', align: 'left' },
  { title: '', align: 'left' },
] as const;

/** @param file that holds the record, where it is kept */
export function recordTable(record: TrainRecord, file?: string): string {
  const { name, params, steps, tokens, flops, loss, train_loss, seconds_per_step, eval_tokens } = record;
  const rows = [
    ['shape', name],
    ['parameters', format.count(params)],
    ['steps', String(steps)],
    ['encoder tokens', format.si(tokens)],
    ['training compute', format.si(flops, 'FLOP')],
    [
      'held-out loss',
      loss === undefined
        ? 'none: the run diverged'
        : `${loss.toFixed(4)} nats per target token (${format.si(eval_tokens)} tokens)`,
    ],
    ['training loss', train_loss?.toFixed(4) ?? 'none'],
    ['seconds a step', format.seconds(seconds_per_step)],
    [
      'rate',
      `${format.si(flops / steps / seconds_per_step, 'FLOP/s')}, ${format.percent(record.peak_share)} of the fastest matmul`,
    ],
    ['memory at most', format.bytes(record.peak_memory_bytes)],
    ...(file === undefined ? [] : [['record', file]]),
  ];
  return formatTable(NAMED, rows);
}

const GAPS = [
  { title: 'gap', align: 'left' },
  { title: 'the text', align: 'left' },
  { title: 'the model', align: 'left' },
] as const;

function completionText(completions: readonly Completion[]): string {
  const parts = completions.map(({ text, gaps }) => {
    const rows = gaps.map(({ was, filled }, i) => [`[${i + 1}]`, JSON.stringify(was), JSON.stringify(filled)]);
    return `${format.plain(text).trim()}\n\n${formatTable(GAPS, rows)}`;
  });
  return `\nHeld-out text with gaps, and what fills them:\n\n${parts.join('\n\n')}`;
}
