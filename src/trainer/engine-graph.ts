import {
  add,
  assign,
  assignAdd,
  createGraph,
  type Effect,
  type Feeds,
  type Graph,
  gradients,
  mul,
  output,
  placeholder,
  read,
  type Value,
  variable,
} from '../graph/index.js';
import { type Batch, decoderInputs } from './batch.js';
import type { EngineOptions, Sizes } from './engine.js';
import { buildGeneration, type Generate } from './model/generation.js';
import { createDropout, type Net } from './model/layers.js';
import { buildLogits, totalLoss } from './model/t5.js';
import { declareWeights, type Weights } from './model/weights.js';
import { createAdafactor } from './optimizer/adafactor.js';
import { createAdam } from './optimizer/adam.js';
import { clipByNorm } from './optimizer/clip.js';
import type { Optimizer } from './optimizer/optimizer.js';

/** Options with nothing left out. */
export type EngineSettings = Required<Omit<EngineOptions, 'mode'>>;

/** One graph for all that an engine does, over one set of parameters. */
export interface EngineGraph {
  readonly graph: Graph;
  readonly weights: Weights;
  /** Variables that the next steps depend on: parameters, and what the optimiser keeps. */
  readonly kept: readonly string[];
  readonly optimizer: Optimizer | undefined;
  readonly generate: Generate;
}

/** Fetches of the training part. A step of n micro-batches: begin, then n - 2 times gather, then step; of one: step. */
export const FETCHES = { begin: 'train.begin', gather: 'train.gather', step: 'train.step' } as const;

export function buildEngineGraph(settings: EngineSettings): EngineGraph {
  const { shape, evaluation, precision, padded } = settings;
  const graph = createGraph();
  const weights = declareWeights(graph, shape);
  const net: Net = { shape, weights, batch: evaluation.batch, precision, dropout: x => x };
  const { logits, total } = buildLoss(graph, net, 'evaluation', evaluation, padded);
  output(graph, 'evaluation.logits', logits);
  output(graph, 'evaluation.total', total);
  const generate = buildGeneration(graph, net, evaluation, padded);
  const optimizer = createOptimizer(graph, settings);
  if (optimizer) buildTraining(graph, weights, optimizer, settings);
  const kept = [...graph.variables.keys()].filter(name => !name.startsWith(GATHERED));
  return { graph, weights, kept, optimizer, generate };
}

function createOptimizer(graph: Graph, { optimizer, rates }: EngineSettings): Optimizer | undefined {
  if (optimizer === 'none') return undefined;
  return optimizer === 'adam' ? createAdam(graph, rates) : createAdafactor(graph, rates);
}

function buildLoss(graph: Graph, net: Net, part: Part, { batch, encLen, decLen }: Sizes, padded: boolean) {
  const ids = (side: string, length: number) => placeholder(graph, `${part}.${side}`, [batch * length], 'int32');
  const logits = buildLogits(net, { encoder: ids('encoder', encLen), decoder: ids('decoder', decLen) }, padded);
  return { logits, total: totalLoss(logits, ids('targets', decLen)) };
}

type Part = 'train' | 'evaluation';

/** What the graph of a part is fed. */
export const feedsOf = (part: Part, batch: Batch): Feeds => ({
  [`${part}.encoder`]: batch.encoder,
  [`${part}.decoder`]: decoderInputs(batch),
  [`${part}.targets`]: batch.targets,
});

/** Gradients of the micro-batches so far; no part of the state, since every step begins anew. */
const GATHERED = 'gathered.';

function buildTraining(graph: Graph, weights: Weights, optimizer: Optimizer, settings: EngineSettings): void {
  const { shape, train, precision, padded, dropout, accumulate, clip } = settings;
  const seed = placeholder(graph, 'train.seed', [2], 'int32');
  const net: Net = { shape, weights, batch: train.batch, precision, dropout: createDropout(dropout, seed) };
  const { total } = buildLoss(graph, net, 'train', train, padded);
  // one over the targets of all micro-batches, so that their losses and gradients add up
  const loss = mul(total, placeholder(graph, 'train.perTarget', []));
  const own = gradients(
    loss,
    weights.all.map(({ value }) => value),
  );
  const whole = accumulate === 1 ? own : gatherGradients(graph, weights, loss, own);
  const clipped = clip === null ? whole : clipByNorm(whole, clip);
  const effects = weights.all.flatMap((weight, i) => optimizer.update(weight, clipped[i]));
  output(graph, FETCHES.step, loss, effects);
}

function gatherGradients(graph: Graph, { all }: Weights, loss: Value, own: readonly Value[]): Value[] {
  const gathered = all.map(({ name, state }) => variable(graph, GATHERED + name, state.dims));
  const effects = (change: typeof assign): Effect[] => gathered.map((state, i) => change(state, own[i]));
  output(graph, FETCHES.begin, loss, effects(assign));
  output(graph, FETCHES.gather, loss, effects(assignAdd));
  return own.map((gradient, i) => add(gradient, read(gathered[i])));
}
