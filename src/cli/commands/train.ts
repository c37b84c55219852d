import { open } from 'node:fs/promises';
import { freemem } from 'node:os';
import { fail, format } from '../../base/index.js';
import { estimateTrainMemory } from '../../cost/index.js';
import { appendRecord } from '../../runs/index.js';
import { parseShape } from '../../shape/index.js';
import { type TrainRecord, type TrainResult, trainRun } from '../../trainer/index.js';
import { parseNumber } from '../input.js';
import { startProgress } from '../progress.js';
import { formatTable, print, printJson, say } from '../table.js';

export interface TrainCommandOptions {
  readonly steps?: string;
  readonly seconds?: string;
  readonly batch: string;
  readonly seed: string;
  readonly out?: string;
  readonly json?: true;
}

export async function runTrain(name: string, options: TrainCommandOptions): Promise<void> {
  const { steps, seconds, batch, seed, out } = options;
  if (steps !== undefined && seconds !== undefined) fail('train needs --steps or --seconds, got both');
  if (out !== undefined) await (await open(out, 'a')).close(); // refused now, not after the training
  const { record } = await trainWithProgress({
    shape: parseShape(name),
    ...(steps === undefined
      ? { seconds: parseNumber('--seconds', seconds ?? '30') }
      : { steps: parseNumber('--steps', steps) }),
    batch: parseNumber('--batch', batch),
    seed: parseNumber('--seed', seed),
  });
  if (out !== undefined) await appendRecord(out, record);
  if (options.json) return printJson(record);
  print(recordTable(record));
  if (out !== undefined) say(`recorded in ${out}`);
}

/** One sequence of the trainer's default length: the least that a step holds. */
const LEAST = { encLen: 128, decLen: 29 };

function checkMemory({ shape, batch = 8 }: Parameters<typeof trainRun>[0]): void {
  const needed = estimateTrainMemory(shape, { batch, ...LEAST }).total;
  if (needed > freemem())
    fail(
      `training must fit in the free memory of ${format.bytes(freemem())}, got a shape and batch that need ${format.bytes(needed)}`,
    );
}

/** Trains with a progress bar on stderr. */
export async function trainWithProgress(options: Parameters<typeof trainRun>[0]): Promise<TrainResult> {
  checkMemory(options);
  const bar = await startProgress('training');
  try {
    return await trainRun({
      ...options,
      onProgress: ({ done, loss }) => bar.update(done, `loss ${loss.toFixed(3)}`),
    });
  } finally {
    bar.stop();
  }
}

export function recordTable(record: TrainRecord): string {
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
    ['rate', format.si(flops / steps / seconds_per_step, 'FLOP/s')],
  ];
  return formatTable(
    [
      { title: 'measured', align: 'left' },
      { title: '', align: 'left' },
    ],
    rows,
  );
}
