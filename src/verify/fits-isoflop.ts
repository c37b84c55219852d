import { z } from 'zod';
import { findIsoFlopOptima, fitComputeLaw } from '../fit/index.js';
import { loadEntryColumns } from './fits-data.js';
import { createMethod, type Made } from './fits-schema.js';

const options = z.strictObject({
  /** The column of budgets, in FLOPs. */
  compute: z.string(),
  /** The column of what is chosen for a budget: sizes or tokens. */
  choose: z.string(),
  method: z.enum(['parabola', 'akima']).optional(),
  /** Standard deviation of the noise in a loss; above 0 the optimum is a median over draws, with an sd. */
  noise: z.number().optional(),
  draws: z.number().optional(),
  /** Weight budgets by 1 / sd^2 of their optima. */
  weighted: z.boolean().default(false),
});

/**
 * Approach 2: the best choice of each budget, and a power law through them. Names: exponent, coefficient, r2, budgets
 * (those with an optimum), skipped (those without).
 */
export const isoFlopMethod = createMethod(options, async (entry, { compute, choose, weighted, ...rest }) => {
  const columns = await loadEntryColumns(entry, [compute, choose, 'loss']);
  const rows = { C: columns[compute], size: columns[choose], loss: columns.loss };
  const { optima, skipped } = findIsoFlopOptima(rows, rest);
  const { exponent, coefficient, r2, budgets } = fitComputeLaw(optima, { weighted });
  return { values: { exponent, coefficient, r2, budgets, skipped: skipped.length }, verdicts: [] } satisfies Made;
});
