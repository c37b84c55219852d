import { z } from 'zod';
import { unknownName } from '../base/index.js';
import { OPTIMIZERS, PRECISIONS } from '../cost/index.js';
import { FINE_TUNE, RULES, SCHEDULES } from '../trainer/index.js';
import { isLongOption, isTimeLimit } from './slurm/options.js';

// What a sweep file may hold. The message of a leaf is the rule that its value must keep; docs/sweep.md has the table.

const leaf = <Value>(rule: string, keeps: (value: unknown) => boolean) =>
  z.custom<Value>(value => value !== undefined && keeps(value), { error: rule });
const whole = (least: number, most = 2 ** 24) =>
  leaf<number>(
    `a whole number in [${least}, ${most}]`,
    value => Number.isInteger(value) && (value as number) >= least && (value as number) <= most,
  );
const seed = whole(0, 2 ** 32 - 1);
const number = (rule: string, keeps: (value: number) => boolean) =>
  leaf<number>(rule, value => typeof value === 'number' && Number.isFinite(value) && keeps(value));
const positive = number('a number above 0', value => value > 0);
const text = leaf<string>('a text', value => typeof value === 'string' && value.trim() !== '');
const oneOf = <Name extends string>(names: readonly Name[]) =>
  leaf<Name>(`one of ${names.join(', ')}`, value => names.includes(value as Name));
const list = <Item extends z.ZodType>(item: Item) =>
  z.array(item, { error: 'a list' }).min(1, { error: 'a list that is not empty' });

/** A value or a list of values to cross with the others. */
const many = <Item extends z.ZodType>(item: Item) =>
  z.preprocess(value => (value === undefined || Array.isArray(value) ? value : [value]), list(item));

/** Keys and values; a key that is not known is refused with the nearest that is. */
function keyed<Fields extends z.ZodRawShape>(fields: Fields) {
  return z.strictObject(fields, {
    error: issue =>
      issue.code === 'unrecognized_keys'
        ? unknownName('key', (issue as { keys?: string[] }).keys?.[0] ?? '', Object.keys(fields))
        : 'keys and values',
  });
}

const layers = { NL: many(whole(1)).optional(), EL: many(whole(1)).optional(), DL: many(whole(1)).optional() };

/** Every combination of some operators, applied to a shape. */
export const gridSchema = keyed({
  base: text,
  ...layers,
  DM: many(whole(1)).optional(),
  FF: many(whole(1)).optional(),
  KV: many(whole(1)).optional(),
  NH: many(whole(1)).optional(),
  ff_ratio: many(positive).optional(),
  head_width: many(whole(1)).optional(),
});
export type Grid = z.infer<typeof gridSchema>;

/** Shapes that are equal in one cost. */
export const familySchema = keyed({
  equal: oneOf(['params', 'flops'] as const),
  like: leaf<string | number>('the name of a shape or a number above 0', value =>
    typeof value === 'number' ? value > 0 && Number.isFinite(value) : typeof value === 'string',
  ),
  base: text.optional(),
  ...layers,
  ff_ratio: many(positive).default([4]),
  head_width: many(whole(1)).default([16]),
});
export type Family = z.infer<typeof familySchema>;

const fineTuneSchema = keyed({
  tasks: list(oneOf(RULES.map(({ name }) => name))),
  seeds: list(seed).default([0]),
  steps: whole(1).default(FINE_TUNE.steps),
});

const slurmSchema = keyed({
  partition: text.optional(),
  account: text.optional(),
  qos: text.optional(),
  time: leaf<string | number>('a time of 3 minutes or more as Slurm writes it (90, 1:30:00, 2-12:00:00)', value =>
    isTimeLimit(String(value)),
  ).optional(),
  /** Of each task; also the threads of a run. */
  cpus: whole(1, 1024).optional(),
  memory: leaf<string | number>('megabytes, or a number with K, M, G or T', value =>
    /^[1-9]\d*[KMGT]?$/i.test(String(value)),
  ).optional(),
  /** Any other options of sbatch. */
  sbatch: list(leaf<string>("an option of sbatch, e.g. '--constraint=avx512'", isLongOption)).optional(),
});
export type SlurmSettings = z.infer<typeof slurmSchema>;

export const sweepSchema = keyed({
  name: leaf<string>(
    'a letter or digit, then letters, digits, dots, dashes and underscores',
    value => typeof value === 'string' && /^[A-Za-z0-9][\w.-]*$/.test(value),
  ),
  /** Names, grids and families: what each is, `shapes.ts` says. */
  shapes: list(z.unknown()),
  vocab: whole(1).default(512),
  corpus: text.optional(),
  text: many(text).optional(),
  enc_len: whole(1).default(128),
  eval_windows: whole(1).default(320),
  steps: many(whole(1)).optional(),
  tokens: many(positive).optional(),
  points: list(whole(1)).optional(),
  seeds: list(seed).default([0]),
  batch: many(whole(1)).default([8]),
  accumulate: many(whole(1)).default([1]),
  optimizer: many(oneOf(OPTIMIZERS)).default(['adam']),
  schedule: many(oneOf(SCHEDULES)).optional(),
  rate: many(positive).default([1]),
  dropout: many(number('a number in [0, 1)', value => value >= 0 && value < 1)).default([0]),
  precision: many(oneOf(PRECISIONS)).default(['fp32']),
  fine_tune: fineTuneSchema.optional(),
  /** Seconds between checkpoints: what a run that is killed loses at most. */
  checkpoint_seconds: positive.default(30),
  max_jobs: whole(1).default(1000),
  /** Of the executor of that name. */
  slurm: slurmSchema.optional(),
});
