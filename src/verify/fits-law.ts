import { z } from 'zod';
import { fail } from '../base/index.js';
import { type Bootstrap, bootstrapFit, diagnoseFit, type Fit, type FitOptions, fitLaw } from '../fit/index.js';
import { findLaw, inputNames } from '../law/index.js';
import { loadEntryColumns } from './fits-data.js';
import { createMethod, type FitEntry, type Made } from './fits-schema.js';

const paramOption = z.strictObject({
  start: z.number().optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  vary: z.boolean().optional(),
  value: z.number().optional(),
});

const options = z.strictObject({
  rho: z.enum(['squared', 'huber', 'asymmetric', 'cauchy', 'likelihood']).optional(),
  huberDelta: z.number().optional(),
  over: z.number().optional(),
  reduce: z.enum(['sum', 'mean']).optional(),
  residual: z.enum(['log', 'linear']).optional(),
  params: z.record(z.string(), paramOption).optional(),
  tie: z.record(z.string(), z.string()).optional(),
  starts: z.number().optional(),
  seed: z.number().optional(),
  covariance: z.enum(['sandwich', 'classic']).optional(),
  /** The column that holds the weight of each row. */
  weights: z.string().optional(),
  /** Replicates of a bootstrap by row; 0 for none. */
  bootstrap: z.number().int().min(0).default(0),
  /** Ask for the verdicts that take refits: outliers, open intervals. */
  diagnose: z.boolean().default(false),
});

/**
 * A law fitted to rows. Names: the constants, `se_*`, `bootstrap_se_*` of each, rows, objective, rss, rmse, r2,
 * log_likelihood. The fit's status is a verdict too.
 */
export const lawMethod = createMethod(
  options,
  async (entry, { bootstrap, diagnose, weights, ...rest }): Promise<Made> => {
    const law = findLaw(entryLaw(entry));
    const names = [...inputNames(law), law.response.name, ...(weights === undefined ? [] : [weights])];
    const columns = await loadEntryColumns(entry, names);
    const fitOptions: FitOptions = { ...rest, ...(weights !== undefined && { weights: columns[weights] }) };
    const drawn = bootstrap === 0 ? null : bootstrapFit(columns, law, { ...fitOptions, replicates: bootstrap });
    const fit = drawn === null ? fitLaw(columns, law, fitOptions) : drawn.fit;
    const verdicts = diagnose ? diagnoseFit(columns, fit, fitOptions).verdicts : fit.verdicts;
    return { values: valuesOf(fit, drawn), verdicts: [{ code: fit.status, text: '' }, ...verdicts] };
  },
);

/** The law that an entry must name. */
export const entryLaw = ({ name, law }: FitEntry): string => law ?? fail(`fit ${name} must name a law, got none`);

function valuesOf(fit: Fit, bootstrap: Bootstrap | null): Record<string, number> {
  const { rows, objective, metrics, residuals } = fit;
  const values: Record<string, number> = {
    rows,
    objective,
    rss: residuals.reduce((sum, residual) => sum + residual ** 2, 0),
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
