import { createHash } from 'node:crypto';
import { availableParallelism, cpus } from 'node:os';
import { median } from 'simple-statistics';
import { countFlops, countParams } from '../cost/index.js';
import type { Mode, Precision } from '../graph/index.js';
import { type RunRecord, toolkitVersion } from '../runs/index.js';
import { type Shape, shapeName } from '../shape/index.js';
import type { Rates } from './engine.js';
import type { TrainRecord } from './record.js';
import { combineScores } from './tasks/combine.js';
import type { TaskScore } from './tasks/score.js';
import type { Task } from './tasks/task.js';
import type { Tokenizer } from './tokenizer.js';

/** The run that a fine-tuning started from. */
export type Pretrained = Pick<TrainRecord, 'name' | 'run' | 'tokens' | 'loss'>;

/** Scores of the validation split after a step. */
export interface Validation {
  readonly step: number;
  /** Combined: see combineScores. */
  readonly score: number;
  /** Mean over the tasks, nats per target token. */
  readonly loss: number;
  readonly scores: Readonly<Record<string, number>>;
}

type ByTask = Readonly<Record<string, number>>;

/** What one fine-tuning writes. */
export interface FineTuneRecord extends RunRecord {
  readonly kind: 'finetune';
  readonly shape: Shape;
  readonly params: number;
  readonly non_embedding_params: number;
  /** Of the fine-tuning alone, as tokens, flops and steps are. */
  readonly flops: number;
  /** Of the right answers, test split: mean over the tasks. */
  readonly loss: number;
  /** Test split, by the checkpoint that is best on the validation split. */
  readonly scores: ByTask;
  /** See combineScores. */
  readonly combined_score: number;
  readonly losses: ByTask;
  /** What guessing, and always giving the most frequent answer, would score. */
  readonly chance: ByTask;
  readonly majority: ByTask;
  readonly validation: readonly Validation[];
  readonly best_step: number;
  readonly steps: number;
  readonly seed: number;
  readonly batch: number;
  readonly enc_len: number;
  readonly dec_len: number;
  readonly rates: Rates;
  readonly dropout: number;
  readonly precision: Precision;
  readonly engine: Mode;
  readonly eval_tokens: number;
  /** Of the tasks' examples and metrics. */
  readonly eval_fingerprint: string;
  readonly tokenizer_size: number;
  /** Absent where the model started from nothing. */
  readonly pretrained?: Pretrained;
  readonly machine: { readonly cpu: string; readonly cores: number; readonly threads: number };
  /** ISO 8601. */
  readonly started: string;
}

export interface FineTuned {
  readonly name?: string;
  readonly shape: Shape;
  readonly tasks: readonly Task[];
  readonly tokenizer: Tokenizer;
  readonly pretrained?: Pretrained;
  readonly seed: number;
  readonly steps: number;
  readonly batch: number;
  readonly lengths: Pick<Task, 'encLen' | 'decLen'>;
  readonly rates: Rates;
  readonly dropout: number;
  readonly precision: Precision;
  readonly engine: Mode;
  readonly tokens: number;
  readonly stepSeconds: readonly number[];
  readonly best: Validation;
  readonly validations: readonly Validation[];
  /** By task. */
  readonly test: readonly TaskScore[];
  readonly started: string;
}

export function toFineTuneRecord(done: FineTuned): FineTuneRecord {
  const { shape, tasks, test, steps, batch, lengths, pretrained } = done;
  const params = countParams(shape);
  const byTask = (value: (task: Task, result: TaskScore) => number) =>
    Object.fromEntries(tasks.map((task, i) => [task.name, value(task, test[i])]));
  const scores = byTask((_, { score }) => score);
  return {
    name: done.name ?? shapeName(shape),
    kind: 'finetune',
    shape,
    params: params.total,
    non_embedding_params: params.nonEmbedding,
    tokens: done.tokens,
    flops: steps * countFlops(shape, { batch, ...lengths }, 'torch').trainStep,
    loss: test.reduce((sum, { loss }) => sum + loss, 0) / test.length,
    scores,
    combined_score: combineScores(scores, tasks),
    losses: byTask((_, { loss }) => loss),
    chance: byTask(({ chance }) => chance),
    majority: byTask(({ majority }) => majority),
    validation: done.validations,
    best_step: done.best.step,
    seconds_per_step: median(steps > 1 ? done.stepSeconds.slice(1) : [...done.stepSeconds]),
    steps,
    seed: done.seed,
    batch,
    enc_len: lengths.encLen,
    dec_len: lengths.decLen,
    rates: done.rates,
    dropout: done.dropout,
    precision: done.precision,
    engine: done.engine,
    eval_tokens: test.reduce((sum, { targetTokens }) => sum + targetTokens, 0),
    eval_fingerprint: fingerprintTasks(tasks),
    tokenizer_size: done.tokenizer.size,
    ...(pretrained && { pretrained: pickPretrained(pretrained) }),
    machine: {
      cpu: cpus()[0].model,
      cores: availableParallelism(),
      threads: Number(process.env.TF_NUM_INTRAOP_THREADS) || 1,
    },
    toolkit: toolkitVersion(),
    started: done.started,
  };
}

const pickPretrained = ({ name, run, tokens, loss }: Pretrained): Pretrained => ({ name, run, tokens, loss });

/** One for all tasks, in whatever order. */
const fingerprintTasks = (tasks: readonly Task[]) =>
  createHash('sha256')
    .update(tasks.map(({ fingerprint }) => fingerprint).sort().join())
    .digest('hex');
