import { availableParallelism, cpus } from 'node:os';
import { mean, median } from 'simple-statistics';
import { countFlops, countParams } from '../cost/index.js';
import { type RunRecord, toolkitVersion } from '../runs/index.js';
import { type Shape, shapeName } from '../shape/index.js';
import type { TrainingData } from './data.js';
import type { TensorflowInfo } from './load-tensorflow.js';
import type { LoopResult } from './loop.js';

/** What one training run writes: a run record with all that is needed to repeat it. */
export interface TrainRecord extends RunRecord {
  readonly kind: 'pretrain';
  readonly shape: Shape;
  readonly params: number;
  readonly non_embedding_params: number;
  /** Decoder tokens seen. */
  readonly target_tokens: number;
  /** Forward and backward of all steps, convention 'torch'. */
  readonly flops: number;
  /** Mean training loss of the last 50 steps; like `loss`, absent where the run diverged. */
  readonly train_loss?: number;
  /** Median, the first step left out. */
  readonly seconds_per_step: number;
  readonly steps: number;
  readonly seed: number;
  /** Sequences a step. */
  readonly batch: number;
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
  readonly shape: Shape;
  readonly batch: number;
  readonly seed: number;
  readonly data: TrainingData;
  readonly run: LoopResult;
  /** Held out; undefined where the run diverged. */
  readonly loss: number | undefined;
  readonly started: string;
  readonly tensorflow: TensorflowInfo;
}

export function toRecord({ name, shape, batch, seed, data, run, loss, started, tensorflow }: Finished): TrainRecord {
  const { encLen, decLen } = data.plan;
  const steps = run.losses.length;
  const params = countParams(shape);
  return {
    name: name ?? shapeName(shape),
    kind: 'pretrain',
    shape,
    params: params.total,
    non_embedding_params: params.nonEmbedding,
    tokens: steps * batch * encLen,
    target_tokens: steps * batch * decLen,
    flops: steps * countFlops(shape, { batch, encLen, decLen }, 'torch').trainStep,
    ...(loss !== undefined && { loss, train_loss: mean(run.losses.slice(-50).map(point => point.loss)) }),
    seconds_per_step: median(steps > 1 ? run.stepSeconds.slice(1) : [...run.stepSeconds]),
    steps,
    seed,
    batch,
    enc_len: encLen,
    dec_len: decLen,
    eval_tokens: data.heldOut.tokens,
    eval_fingerprint: data.heldOut.fingerprint,
    corpus: data.corpus,
    tokenizer_size: data.tokenizer.size,
    machine: { cpu: cpus()[0].model, cores: availableParallelism(), threads: tensorflow.threads },
    tensorflow: tensorflow.version,
    toolkit: toolkitVersion(),
    started,
  };
}
