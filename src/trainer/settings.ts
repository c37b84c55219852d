import { createHash } from 'node:crypto';
import { checkSeed, fail, mustBe, outsideRange, unknownName } from '../base/index.js';
import { checkCount } from '../cost/index.js';
import type { Mode, Precision } from '../graph/index.js';
import { checkShape, type Shape, shapeName } from '../shape/index.js';
import type { TrainingData } from './data.js';
import type { Group } from './params.js';
import { checkOptimizer, type OptimizerName, recipeOf } from './recipe.js';
import { checkSchedule, type Schedule, type ScheduleName } from './schedule.js';

/** What decides the numbers of a run, beside its data. Give one of steps, seconds, tokens and points. */
export interface SettingOptions {
  readonly shape: Shape;
  /** Optimiser steps; the same settings then give the same losses to the bit. */
  readonly steps?: number;
  /** Length of the training loop on the clock; reading the text, evaluation and checkpoints come on top. */
  readonly seconds?: number;
  /** Encoder tokens; the last step may go beyond. */
  readonly tokens?: number;
  /**
   * Several step counts, each of which gets a record, as if trained alone, to the bit: what they share is trained once
   * (the trunk of wsd), and what they do not (its fall) is trained on a branch.
   */
  readonly points?: readonly number[];
  /** Sequences a step; default 8. */
  readonly batch?: number;
  /** Micro-batches that a step is computed in, which saves memory; divides `batch`; default 1. */
  readonly accumulate?: number;
  /** Decides the starting parameters, the batches and dropout; default 0. */
  readonly seed?: number;
  readonly optimizer?: OptimizerName;
  /** Default: wsd for adam, inverse-square-root for adafactor. */
  readonly schedule?: ScheduleName;
  /** Default 50, or a tenth of a shorter run. */
  readonly warmupSteps?: number;
  /** Last share of the run in which wsd falls; default 0.2. */
  readonly decayShare?: number;
  /** Full rates by group of parameters; default: those of the recipe. */
  readonly rates?: Readonly<Record<Group, number>>;
  /** Largest L2 norm of the gradient, or null; default 1 for adam, null for adafactor. */
  readonly clip?: number | null;
  /** In [0, 1); default 0. */
  readonly dropout?: number;
  /** Of matmuls; default fp32. */
  readonly precision?: Precision;
  /** Default: graph where TensorFlow's addon loads, else eager. */
  readonly mode?: Mode;
  /** Threads of one TensorFlow operation; default TF_NUM_INTRAOP_THREADS, or else 1. */
  readonly threads?: number;
  /** Steps between held-out losses on the way; default: none but at the end. */
  readonly evaluateEvery?: number;
}

/** When a run ends: by steps, which repeats to the bit, or by the clock, which does not. */
export type Length = { readonly points: readonly number[] } | { readonly seconds: number };

export interface Settings {
  readonly shape: Shape;
  readonly seed: number;
  readonly length: Length;
  readonly batch: number;
  readonly accumulate: number;
  readonly optimizer: OptimizerName;
  readonly schedule: Schedule;
  readonly rates: Readonly<Record<Group, number>>;
  readonly clip: number | null;
  readonly dropout: number;
  readonly precision: Precision;
  readonly mode: Mode | 'default';
  readonly threads: number;
  readonly evaluateEvery: number | null;
}

const PRECISIONS = ['fp32', 'bf16'] as const;
const MODES = ['graph', 'eager'] as const;

/** @param encLen encoder tokens of a sequence, which `tokens` is counted by */
export function parseSettings(options: SettingOptions, encLen: number): Settings {
  const { shape, batch = 8, accumulate = 1, seed = 0, optimizer = 'adam', dropout = 0, precision = 'fp32' } = options;
  const { mode, threads = Number(process.env.TF_NUM_INTRAOP_THREADS) || 1, evaluateEvery } = options;
  checkShape(shape);
  checkCount('batch', batch);
  checkCount('accumulate', accumulate);
  if (batch % accumulate !== 0) fail(mustBe('accumulate', `a divisor of the batch, ${batch}`, accumulate));
  if (!(dropout >= 0 && dropout < 1)) fail(outsideRange('dropout', '[0, 1)', dropout));
  if (!PRECISIONS.includes(precision)) fail(unknownName('precision', precision, PRECISIONS));
  if (mode !== undefined && !MODES.includes(mode)) fail(unknownName('mode', mode, MODES));
  if (evaluateEvery !== undefined) checkCount('evaluation interval', evaluateEvery);
  const recipe = recipeOf(checkOptimizer(optimizer), shape, options.schedule);
  const { warmupSteps = recipe.schedule.warmupSteps, decayShare = recipe.schedule.decayShare } = options;
  const { rates = recipe.rates, clip = recipe.clip } = options;
  checkRates(rates, clip);
  return {
    shape,
    seed: checkSeed(seed),
    length: parseLength(options, batch * encLen),
    batch,
    accumulate,
    optimizer,
    schedule: checkSchedule({ ...recipe.schedule, warmupSteps, decayShare }),
    rates,
    clip,
    dropout,
    precision,
    mode: mode ?? 'default',
    threads,
    evaluateEvery: evaluateEvery ?? null,
  };
}

function checkRates(rates: Settings['rates'], clip: number | null): void {
  for (const [group, rate] of Object.entries(rates))
    if (!(rate >= 0 && Number.isFinite(rate))) fail(mustBe(`rate of ${group}`, 'a number from 0 and up', rate));
  if (clip !== null && !(clip > 0 && Number.isFinite(clip))) fail(mustBe('clip', 'a positive number', clip));
}

function parseLength({ steps, seconds, tokens, points }: SettingOptions, tokensPerStep: number): Length {
  const given = Object.entries({ steps, seconds, tokens, points }).filter(([, value]) => value !== undefined);
  if (given.length !== 1)
    fail(
      `a run must have one length: steps, seconds, tokens or points, got ${given.map(([name]) => name).join(' and ') || 'none'}`,
    );
  if (seconds !== undefined)
    return seconds > 0 && seconds < 1e9 ? { seconds } : fail(mustBe('seconds', 'a positive number', seconds));
  if (tokens !== undefined)
    return tokens >= 1 && Number.isFinite(tokens)
      ? { points: [checkCount('steps', Math.ceil(tokens / tokensPerStep))] }
      : fail(mustBe('tokens', 'a number from 1 and up', tokens));
  if (points?.length === 0) fail('points must hold at least one step count, got none');
  const counts = (points ?? [steps!]).map(count => checkCount(points ? 'point' : 'steps', count));
  return { points: [...new Set(counts)].sort((a, b) => a - b) };
}

/** Raised when the same settings come to give other numbers. */
const FORMAT = 1;

export interface Identity {
  /** Name of the run: its shape, and a hash of all that decides its numbers but the machine. */
  readonly run: string;
  /** What was hashed, as plain JSON. */
  readonly decides: Readonly<Record<string, unknown>>;
}

/** The same settings and data give the same run, whatever order or spelling they came in. */
export function identifyRun(settings: Settings, { corpus, tokenizer, plan, heldOut }: TrainingData): Identity {
  const { encLen } = plan;
  const data = { corpus: corpus.sha256, tokenizer: tokenizer.size, encLen, heldOut: heldOut.fingerprint };
  const decides = sortKeys({ format: FORMAT, ...settings, data }) as Record<string, unknown>;
  const hash = createHash('sha256').update(JSON.stringify(decides)).digest('hex').slice(0, 12);
  return { run: `${shapeName(settings.shape)}-${hash}`, decides };
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sortKeys(inner)]),
  );
}

/** The first setting in which two runs differ, as `NAME A instead of B`; undefined where there is none. */
export function firstDifference(ours: unknown, theirs: unknown, name = ''): string | undefined {
  if (typeof ours !== 'object' || typeof theirs !== 'object' || ours === null || theirs === null)
    return ours === theirs ? undefined : `${name} ${JSON.stringify(theirs)} instead of ${JSON.stringify(ours)}`;
  const both = { ...theirs, ...ours };
  for (const key of Object.keys(both)) {
    const inner = (value: object) => (value as Record<string, unknown>)[key];
    const found = firstDifference(inner(ours), inner(theirs), name ? `${name}.${key}` : key);
    if (found !== undefined) return found;
  }
  return undefined;
}
