import { createHash } from 'node:crypto';
import { availableParallelism, cpus } from 'node:os';
import { median } from 'simple-statistics';
import { countFlops, countParams } from '../cost/index.js';
import type { Mode, Precision } from '../graph/index.js';
import { type RunRecord, toolkitVersion } from '../runs/index.js';
import { type Shape, shapeName } from '../shape/index.js';
import type { Rates } from './engine.js';
import type { TrainRecord } from './record.js';
import type { Params } from './run-folder.js';
import { combineScores } from './tasks/combine.js';
import type { TaskScore } from './tasks/score.js';
import type { Task } from './tasks/task.js';
import type { Tokenizer } from './tokenizer.js';

/** The run that a fine-tuning started from. */
export type Pretrained = Pick<TrainRecord, 'name' | 'run' | 'tokens' | 'loss'>;

/** The validation split after a step. */
export interface Validation {
  readonly step: number;
  readonly score: number;
  /** Of the right answers, nats per target token. */
  readonly loss: number;
}

/** A task that was fine-tuned on. */
export interface Learned {
  readonly task: Task;
  readonly engine: Mode;
  readonly best: Validation & { readonly params: Params };
  readonly validations: readonly Validation[];
  /** Of the encoder, padding excluded. */
  readonly tokens: number;
  readonly stepSeconds: readonly number[];
  /** By the best checkpoint. */
  readonly test: TaskScore;
}

type ByTask = Readonly<Record<string, number>>;

/** What one fine-tuning writes. */
export interface FineTuneRecord extends RunRecord {
  readonly kind: 'finetune';
  readonly shape: Shape;
  readonly params: number;
  readonly non_embedding_params: number;
  /** Of the fine-tuning of all tasks, without pre-training: as tokens and steps are. */
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
  /** All that was measured on the way, and the step of the best; by task. */
  readonly validation: Readonly<Record<string, readonly Validation[]>>;
  readonly best_step: ByTask;
  readonly steps: number;
  readonly steps_per_task: number;
  readonly seed: number;
  readonly batch: number;
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
  readonly tokenizer: Tokenizer;
  readonly pretrained?: Pretrained;
  readonly seed: number;
  /** Of each task. */
  readonly steps: number;
  readonly batch: number;
  readonly rates: Rates;
  readonly dropout: number;
  readonly precision: Precision;
  readonly learned: readonly Learned[];
  readonly started: string;
}

export function toFineTuneRecord(done: FineTuned): FineTuneRecord {
  const { shape, learned, steps, batch, pretrained } = done;
  const params = countParams(shape);
  const sum = (value: (one: Learned) => number) => learned.reduce((total, one) => total + value(one), 0);
  const byTask = <V>(value: (one: Learned) => V) => Object.fromEntries(learned.map(one => [one.task.name, value(one)]));
  const flopsPerStep = ({ encLen, decLen }: Task) => countFlops(shape, { batch, encLen, decLen }, 'torch').trainStep;
  const scores = byTask(({ test }) => test.score);
  const tasks = learned.map(({ task }) => task);
  return {
    name: done.name ?? shapeName(shape),
    kind: 'finetune',
    shape,
    params: params.total,
    non_embedding_params: params.nonEmbedding,
    tokens: sum(({ tokens }) => tokens),
    flops: sum(({ task }) => steps * flopsPerStep(task)),
    loss: sum(({ test }) => test.loss) / learned.length,
    scores,
    combined_score: combineScores(scores, tasks),
    losses: byTask(({ test }) => test.loss),
    chance: byTask(({ task }) => task.chance),
    majority: byTask(({ task }) => task.majority),
    validation: byTask(({ validations }) => validations),
    best_step: byTask(({ best }) => best.step),
    seconds_per_step: median(learned.flatMap(({ stepSeconds }) => (steps > 1 ? stepSeconds.slice(1) : stepSeconds))),
    steps: steps * learned.length,
    steps_per_task: steps,
    seed: done.seed,
    batch,
    rates: done.rates,
    dropout: done.dropout,
    precision: done.precision,
    engine: learned[0].engine,
    eval_tokens: sum(({ test }) => test.targetTokens),
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
    .update(
      tasks
        .map(({ fingerprint }) => fingerprint)
        .sort()
        .join(),
    )
    .digest('hex');
