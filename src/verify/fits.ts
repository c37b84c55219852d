import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { fail } from '../base/index.js';
import { type Bootstrap, bootstrapFit, type Fit, fitLaw } from '../fit/index.js';
import { findLaw, inputNames } from '../law/index.js';
import { loadDataset, numericColumns } from '../runs/index.js';

const paramOption = z.strictObject({
  start: z.number().optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  vary: z.boolean().optional(),
  value: z.number().optional(),
});

const optionsSchema = z.strictObject({
  rho: z.enum(['squared', 'huber']).optional(),
  huberDelta: z.number().optional(),
  residual: z.enum(['log', 'linear']).optional(),
  params: z.record(z.string(), paramOption).optional(),
  tie: z.record(z.string(), z.string()).optional(),
  starts: z.number().optional(),
  seed: z.number().optional(),
  covariance: z.enum(['sandwich', 'classic']).optional(),
});

const expectSchema = z.strictObject({
  /** A formula over the parameters and over rows, objective, rmse, r2, log_likelihood, se_*, bootstrap_se_*. */
  what: z.string(),
  value: z.number(),
  /** Relative to `value`; absolute where that is 0. */
  tolerance: z.number().min(0),
  /** near (default): within the tolerance either way; atMost: no more than the tolerance above. */
  rule: z.enum(['near', 'atMost']).default('near'),
  source: z.string(),
  note: z.string().optional(),
});

const fitSchema = z.strictObject({
  name: z.string(),
  about: z.string(),
  options: optionsSchema.default({}),
  /** Overrides the file's condition; null takes every row. */
  where: z.string().nullable().optional(),
  /** Replicates; 0 for none. */
  bootstrap: z.number().int().min(0).default(0),
  expect: z.array(expectSchema).min(1),
});

const specSchema = z.strictObject({
  title: z.string(),
  source: z.string(),
  dataset: z.string(),
  resource: z.string().optional(),
  map: z.record(z.string(), z.string()).default({}),
  derive: z.record(z.string(), z.string()).default({}),
  where: z.string().nullable().default(null),
  law: z.string(),
  fits: z.array(fitSchema).min(1),
});

/** A file of `fits/`: data, law, options, and what others found. */
export type FitSpec = z.infer<typeof specSchema> & { readonly name: string };

/** One number of ours beside theirs. A row outside its tolerance needs a note that says why. */
export interface FitRow {
  readonly fit: string;
  readonly what: string;
  readonly ours: number;
  readonly theirs: number;
  readonly source: string;
  readonly tolerance: number;
  readonly within: boolean;
  readonly note?: string;
}

/** Every .yaml of a folder, by name. */
export async function loadFits(folder: string): Promise<FitSpec[]> {
  const files = (await readdir(folder)).filter(file => file.endsWith('.yaml')).sort();
  return Promise.all(files.map(async file => parseFitSpec(await readFile(join(folder, file), 'utf8'), file)));
}

/** Checks the text of one file; unknown keys are refused by their path. */
export function parseFitSpec(text: string, file: string): FitSpec {
  const result = specSchema.safeParse(readYaml(text, file));
  if (!result.success) {
    const [{ path, message }] = result.error.issues;
    return fail(`${file}: ${path.join('.') || 'the file'}: ${message}`);
  }
  return { ...result.data, name: basename(file, '.yaml') };
}

function readYaml(text: string, file: string): unknown {
  try {
    return parseYaml(text);
  } catch (error) {
    return fail(`${file} must be YAML, got: ${error instanceof Error ? error.message : error}`);
  }
}

/** Makes every fit of a file again and sets ours beside theirs. */
export async function remakeFit(spec: FitSpec): Promise<{ readonly spec: FitSpec; readonly rows: readonly FitRow[] }> {
  const rows: FitRow[] = [];
  for (const one of spec.fits) {
    const made = await makeFit(spec, one);
    const { evaluate } = await import('mathjs');
    const names = namedValues(made);
    for (const want of one.expect) rows.push(compare(one.name, want, Number(evaluate(want.what, { ...names }))));
  }
  return { spec, rows };
}

async function makeFit(
  spec: FitSpec,
  one: FitSpec['fits'][number],
): Promise<{ fit: Fit; bootstrap: Bootstrap | null }> {
  const law = findLaw(spec.law);
  const { dataset, resource, map, derive } = spec;
  const where = (one.where === undefined ? spec.where : one.where) ?? undefined;
  const table = await loadDataset(dataset, { resource, map, derive, where });
  const columns = numericColumns(table, [...inputNames(law), law.response.name]);
  if (one.bootstrap === 0) return { fit: fitLaw(columns, law, one.options), bootstrap: null };
  const bootstrap = bootstrapFit(columns, law, { ...one.options, replicates: one.bootstrap });
  return { fit: bootstrap.fit, bootstrap };
}

/** What an expectation may speak of, by name. */
function namedValues({ fit, bootstrap }: { fit: Fit; bootstrap: Bootstrap | null }): Record<string, number> {
  const { rows, objective, metrics } = fit;
  const values: Record<string, number> = {
    rows,
    objective,
    rmse: metrics.rmse,
    r2: metrics.r2,
    log_likelihood: metrics.logLikelihood,
  };
  for (const [name, { value, se }] of Object.entries(fit.params)) {
    values[name] = value;
    values[`se_${name}`] = se;
    if (bootstrap !== null) values[`bootstrap_se_${name}`] = bootstrap.params[name].se;
  }
  return values;
}

function compare(fit: string, want: FitSpec['fits'][number]['expect'][number], ours: number): FitRow {
  const { what, value: theirs, tolerance, rule, source, note } = want;
  const room = tolerance * (theirs === 0 ? 1 : Math.abs(theirs));
  const within = rule === 'atMost' ? ours <= theirs + room : Math.abs(ours - theirs) <= room;
  return { fit, what, ours, theirs, source, tolerance, within, ...(note !== undefined && { note }) };
}
