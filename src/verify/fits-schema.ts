import { z } from 'zod';
import { unknownName } from '../base/index.js';
import { FIT_STATUS, VERDICT_CODES } from '../fit/index.js';

/** Where rows come from. A fit may set any of these anew; what it leaves out is the file's. */
const data = {
  dataset: z.string().optional(),
  /** Which table of the dataset; its first when left out. */
  resource: z.string().optional(),
  map: z.record(z.string(), z.string()).optional(),
  derive: z.record(z.string(), z.string()).optional(),
  /** A condition on rows; null takes every row. */
  where: z.string().nullable().optional(),
  /** One row of each group: of those that share the columns `of`, the one with the least value of `least`. */
  keep: z.strictObject({ least: z.string(), of: z.array(z.string()).min(1) }).optional(),
  /** A law of the registry by name. */
  law: z.string().optional(),
};

const expectation = z.strictObject({
  /** A formula over what the method made; with rule `says`, the code of a verdict: `atBound`, or `atBound of E`. */
  what: z.string(),
  value: z.number().optional(),
  /** Relative to `value`; absolute where that is 0. */
  tolerance: z.number().min(0).default(0),
  /**
   * near (default): within the tolerance either way; atMost: no more than the tolerance above; says: the fit gives that
   * verdict; missing: it cannot be made again, and `note` says why.
   */
  rule: z.enum(['near', 'atMost', 'says', 'missing']).default('near'),
  source: z.string(),
  /** The source's figure is from memory: shown beside ours, evidence of nothing. */
  recalled: z.boolean().default(false),
  /** Why ours differs. */
  note: z.string().optional(),
});

const VERDICTS = [...Object.keys(VERDICT_CODES), ...Object.keys(FIT_STATUS)];
const verdictOf = (what: string) => what.split(' of ')[0];

const expected = expectation.superRefine(({ rule, what, value, note }, context) => {
  const refuse = (message: string) => context.addIssue({ code: 'custom', message });
  if (rule === 'says' && !VERDICTS.includes(verdictOf(what))) refuse(unknownName('verdict', verdictOf(what), VERDICTS));
  if (rule !== 'says' && value === undefined) refuse('value must be given');
  if (rule === 'missing' && note === undefined) refuse('note must say why it cannot be made again');
});

const entry = z.strictObject({
  name: z.string(),
  about: z.string(),
  ...data,
  /** How `fits-methods.ts` makes it. */
  method: z.string().default('law'),
  /** Of the method; see its own schema. */
  options: z.record(z.string(), z.unknown()).default({}),
  expect: z.array(expected).min(1),
});

/** What a file of `fits/` must look like. */
export const specSchema = z.strictObject({
  title: z.string(),
  source: z.string(),
  ...data,
  /** `synthetic` where the method makes its own rows. */
  dataset: z.string(),
  where: z.string().nullable().default(null),
  fits: z.array(entry).min(1),
});

/** A file of `fits/`: data, law, options, and what others found. Every fit has the data keys of its file filled in. */
export type FitSpec = z.infer<typeof specSchema> & { readonly name: string };
/** One fit of a file. */
export type FitEntry = FitSpec['fits'][number];
/** One number that others found, or one verdict that is due. */
export type Expectation = FitEntry['expect'][number];

/** What a method hands over: numbers by name for formulas to read, and verdicts. */
export interface Made {
  readonly values: Readonly<Record<string, number>>;
  readonly verdicts: readonly { readonly code: string; readonly text: string }[];
}

/** A way to make a fit: options that it understands, and the work. */
export interface FitMethod {
  /** What is wrong with the options, by path, or null. */
  check(options: unknown): { readonly path: readonly PropertyKey[]; readonly message: string } | null;
  make(entry: FitEntry): Promise<Made>;
}

/** A method from the schema of its options and the function that does the work. */
export function createMethod<Options>(
  schema: z.ZodType<Options>,
  make: (entry: FitEntry, options: Options) => Promise<Made>,
): FitMethod {
  return {
    check(options) {
      const result = schema.safeParse(options);
      return result.success ? null : result.error.issues[0];
    },
    make: entry => make(entry, schema.parse(entry.options)),
  };
}
