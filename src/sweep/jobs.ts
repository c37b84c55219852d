import { createHash } from 'node:crypto';
import { fail } from '../base/index.js';
import { NUMBER_FIELDS, type Shape, shapeName } from '../shape/index.js';
import type { Sweep } from './load-sweep.js';

/** Everything that decides the numbers of a pre-training run, and nothing else. */
export interface PretrainSettings {
  readonly shape: Shape;
  /** A corpus by name, or the user's own files (absolute) with the SHA-256 of what they hold. */
  readonly corpus: string | { readonly files: readonly string[]; readonly sha256: readonly string[] };
  /** Encoder tokens of a window. */
  readonly encLen: number;
  /** Held-out windows. */
  readonly evalWindows: number;
  /** Step counts, rising, each of which gets a record; what several share is trained once. */
  readonly points: readonly number[];
  readonly seed: number;
  /** Sequences a step, and the micro-batches that they are computed in. */
  readonly batch: number;
  readonly accumulate: number;
  readonly optimizer: Sweep['says']['optimizer'][number];
  /** null: the optimiser's own. */
  readonly schedule: NonNullable<Sweep['says']['schedule']>[number] | null;
  /** Multiplies every learning rate. */
  readonly rate: number;
  readonly dropout: number;
  readonly precision: Sweep['says']['precision'][number];
}

/** What is done with the model of each point. */
export interface FineTuneSettings {
  /** Each is learned on its own; one record holds all. */
  readonly tasks: readonly string[];
  readonly seeds: readonly number[];
  /** For each task. */
  readonly steps: number;
}

/** One process's work: a pre-training run and the fine-tuning after it. */
export interface Job {
  /** From 1, in the order of the file: `--job N`. Another file numbers anew; the id stays. */
  readonly number: number;
  /** Name of its run folder: the shape's name and a hash of the pre-training settings. Equal settings, equal id. */
  readonly id: string;
  /** What tells it from its neighbours, for people. */
  readonly name: string;
  readonly pretrain: PretrainSettings;
  readonly fineTune: FineTuneSettings | null;
  readonly checkpointSeconds: number;
}

/** The jobs of a sweep: shapes, then recipes, then lengths, then seeds. Equal ones are one job. */
export function expandSweep(sweep: Sweep): Job[] {
  const { says, shapes, corpus } = sweep;
  const { enc_len: encLen, eval_windows: evalWindows, fine_tune: fineTune = null } = says;
  const recipes = crossRecipes(says);
  const lengths = (says.steps ?? says.tokens ?? [says.points!]).length;
  const size = shapes.length * recipes.length * lengths * says.seeds.length;
  if (size > says.max_jobs)
    fail(`${sweep.file} must give at most max_jobs (${says.max_jobs}) jobs, got ${size}; max_jobs: ${size} allows it`);
  const settings = shapes.flatMap(shape =>
    recipes.flatMap(recipe =>
      pointsOf(says, recipe.batch).flatMap(points =>
        says.seeds.map(seed => ({ shape: orderKeys(shape), corpus, encLen, evalWindows, points, seed, ...recipe })),
      ),
    ),
  );
  const jobs = new Map(settings.map(pretrain => [idOf(pretrain), pretrain]));
  return [...jobs].map(([id, pretrain], i) => ({
    number: i + 1,
    id,
    name: nameOf(pretrain, says),
    pretrain,
    fineTune,
    checkpointSeconds: says.checkpoint_seconds,
  }));
}

type Recipe = Pick<
  PretrainSettings,
  'batch' | 'accumulate' | 'optimizer' | 'schedule' | 'rate' | 'dropout' | 'precision'
>;

function crossRecipes({ batch, accumulate, optimizer, schedule, rate, dropout, precision }: Sweep['says']): Recipe[] {
  const lists = { batch, accumulate, optimizer, schedule: schedule ?? [null], rate, dropout, precision };
  return Object.entries(lists).reduce<object[]>(
    (recipes, [name, values]) => recipes.flatMap(recipe => values.map(value => ({ ...recipe, [name]: value }))),
    [{}],
  ) as Recipe[];
}

/** Tokens are those of the encoder; the last step may go beyond. */
function pointsOf({ steps, tokens, points, enc_len }: Sweep['says'], batch: number): (readonly number[])[] {
  if (points) return [[...new Set(points)].sort((a, b) => a - b)];
  return (steps ?? tokens!.map(count => Math.ceil(count / (batch * enc_len)))).map(count => [count]);
}

const orderKeys = (shape: Shape): Shape => ({
  ...(Object.fromEntries(NUMBER_FIELDS.map(field => [field, shape[field]])) as Pick<
    Shape,
    (typeof NUMBER_FIELDS)[number]
  >),
  feed_forward_proj: shape.feed_forward_proj,
  tie_word_embeddings: shape.tie_word_embeddings,
});

function idOf(pretrain: PretrainSettings): string {
  const { corpus } = pretrain;
  const decides = { ...pretrain, corpus: typeof corpus === 'string' ? corpus : corpus.sha256 };
  const hash = createHash('sha256').update(JSON.stringify(decides)).digest('hex').slice(0, 10);
  return `${shapeName(pretrain.shape).replaceAll('=', '')}-${hash}`;
}

/** The shape, the length, the seed, and the settings that the sweep varies. */
function nameOf({ shape, points, seed, ...settings }: PretrainSettings, says: Sweep['says']): string {
  const varied = (['batch', 'accumulate', 'optimizer', 'schedule', 'rate', 'dropout', 'precision'] as const)
    .filter(key => (says[key]?.length ?? 1) > 1)
    .map(key => `${key} ${settings[key]}`);
  const length = points.length > 1 ? `${points.length} points to ${points.at(-1)} steps` : `${points[0]} steps`;
  return [shapeName(shape), length, `seed ${seed}`, ...varied].join(', ');
}
