import { availableParallelism, cpus } from 'node:os';
import { mean, median } from 'simple-statistics';
import { countFlops, countParams } from '../cost/index.js';
import type { Mode, Precision } from '../graph/index.js';
import { type RunRecord, toolkitVersion } from '../runs/index.js';
import { type Shape, shapeName } from '../shape/index.js';
import type { TrainingData } from './data.js';
import type { History, LossPoint } from './loop.js';
import type { Machine } from './machine.js';
import type { Group } from './params.js';
import type { OptimizerName } from './recipe.js';
import type { ScheduleName } from './schedule.js';
import type { Settings } from './settings.js';

/** What one training run writes: a run record with all that is needed to repeat it. */
export interface TrainRecord extends RunRecord {
  readonly kind: 'pretrain';
  /** Shape and a hash of all that decides the numbers: equal runs have equal names. */
  readonly run: string;
  readonly shape: Shape;
  readonly params: number;
  readonly non_embedding_params: number;
  /** Decoder tokens seen. */
  readonly target_tokens: number;
  /** Forward and backward of all steps, convention 'torch'. Neither dropout nor micro-batches change it. */
  readonly flops: number;
  /** Mean training loss of the last 50 steps; like `loss`, absent where the run diverged. */
  readonly train_loss?: number;
  /** Training loss over the run: see thinCurve. */
  readonly loss_curve: LossCurve;
  /** Held-out losses on the way, where they were asked for. */
  readonly evaluations?: readonly LossPoint[];
  /** Median, the first step left out. */
  readonly seconds_per_step: number;
  /** Fastest matmul of this process on its threads, FLOP/s; see peak.ts. */
  readonly peak_flops_per_second: number;
  /** Of that peak, what the median step reached, in [0, 1]. */
  readonly peak_share: number;
  /** Largest resident memory of the process so far. */
  readonly peak_memory_bytes: number;
  readonly steps: number;
  /** Steps that the run was to have, where they were given: more than `steps` where it diverged. */
  readonly planned_steps?: number;
  readonly seed: number;
  /** Sequences a step. */
  readonly batch: number;
  /** Micro-batches a step. */
  readonly accumulate: number;
  readonly optimizer: OptimizerName;
  readonly schedule: {
    readonly name: ScheduleName;
    readonly warmup_steps: number;
    readonly warmup_share: number;
    readonly rises: boolean;
    readonly decay_share: number;
    /** Where the run was to end by the clock. */
    readonly seconds?: number;
  };
  readonly rates: Readonly<Record<Group, number>>;
  readonly clip: number | null;
  readonly dropout: number;
  readonly precision: Precision;
  readonly engine: Mode;
  readonly enc_len: number;
  readonly dec_len: number;
  readonly eval_tokens: number;
  readonly eval_fingerprint: string;
  readonly corpus: { readonly name: string; readonly sha256: string };
  /** Ids that the text uses; the shape's vocabulary may be larger. */
  readonly tokenizer_size: number;
  readonly machine: { readonly cpu: string; readonly cores: number; readonly threads: number };
  readonly tensorflow: string;
  /** ISO 8601. */
  readonly started: string;
}

/** A run that is over. */
export interface Finished {
  readonly name: string | undefined;
  readonly run: string;
  readonly settings: Settings;
  readonly data: TrainingData;
  readonly machine: Machine;
  readonly engine: Mode;
  readonly history: History;
  readonly plannedSteps: number | undefined;
  /** Held out; undefined where the run diverged. */
  readonly loss: number | undefined;
  readonly started: string;
}

export function toRecord(finished: Finished): TrainRecord {
  const { settings, data, machine, history, loss } = finished;
  const { shape, batch } = settings;
  const { encLen, decLen } = data.plan;
  const { losses, evaluations } = history;
  const steps = losses.length;
  const params = countParams(shape);
  const flopsPerStep = countFlops(shape, { batch, encLen, decLen }, 'torch').trainStep;
  const seconds = medianSeconds(history);
  return {
    name: finished.name ?? shapeName(shape),
    kind: 'pretrain',
    run: finished.run,
    shape,
    params: params.total,
    non_embedding_params: params.nonEmbedding,
    tokens: steps * batch * encLen,
    target_tokens: steps * batch * decLen,
    flops: steps * flopsPerStep,
    ...(loss !== undefined && { loss, train_loss: mean(losses.slice(-50)) }),
    loss_curve: thinCurve(losses),
    ...(evaluations.length > 0 && { evaluations: [...evaluations] }),
    seconds_per_step: seconds,
    peak_flops_per_second: machine.peak,
    peak_share: flopsPerStep / seconds / machine.peak,
    peak_memory_bytes: process.resourceUsage().maxRSS * 1024,
    steps,
    ...(finished.plannedSteps !== undefined && { planned_steps: finished.plannedSteps }),
    seed: settings.seed,
    ...recipeFields(settings),
    engine: finished.engine,
    enc_len: encLen,
    dec_len: decLen,
    eval_tokens: data.heldOut.tokens,
    eval_fingerprint: data.heldOut.fingerprint,
    corpus: data.corpus,
    tokenizer_size: data.tokenizer.size,
    machine: { cpu: cpus()[0].model, cores: availableParallelism(), threads: machine.threads },
    tensorflow: machine.tensorflow,
    toolkit: toolkitVersion(),
    started: finished.started,
  };
}

function recipeFields(settings: Settings) {
  const { batch, accumulate, optimizer, rates, clip, dropout, precision, schedule, length } = settings;
  const { name, warmupSteps, warmupShare, rises, decayShare } = schedule;
  return {
    batch,
    accumulate,
    optimizer,
    schedule: {
      name,
      warmup_steps: warmupSteps,
      warmup_share: warmupShare,
      rises,
      decay_share: decayShare,
      ...('seconds' in length && { seconds: length.seconds }),
    },
    rates,
    clip,
    dropout,
    precision,
  };
}

const medianSeconds = ({ stepSeconds }: History) =>
  median(stepSeconds.length > 1 ? stepSeconds.slice(1) : [...stepSeconds]);

export interface LossCurve {
  /** Each point stands for the steps after the point before it, up to and with this one. */
  readonly steps: readonly number[];
  /** Mean over those steps; null where a loss is not a finite number. */
  readonly losses: readonly (number | null)[];
}

const MOST_POINTS = 200;

/** The losses of all steps as at most 200 means over equal stretches, so that a record stays one short line. */
export function thinCurve(losses: readonly number[], most = MOST_POINTS): LossCurve {
  const count = Math.min(most, losses.length);
  const steps = Array.from({ length: count }, (_, i) => Math.round(((i + 1) * losses.length) / count));
  const means = steps.map((end, i) => mean(losses.slice(steps[i - 1] ?? 0, end)));
  return { steps, losses: means.map(value => (Number.isFinite(value) ? value : null)) };
}
