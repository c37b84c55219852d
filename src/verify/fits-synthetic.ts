import { z } from 'zod';
import type { Columns } from '../base/index.js';
import { compareApproaches, fitLaw, parametricLaw } from '../fit/index.js';
import { findLaw, predictLaw } from '../law/index.js';
import { computeOptimum } from '../plan/index.js';
import { createMethod, type Made } from './fits-schema.js';

const positive = z.number().positive();

const options = z.strictObject({
  /** The surface: loss = E + A / N^alpha + B / D^beta, without noise. */
  params: z.strictObject({ E: positive, A: positive, B: positive, alpha: positive, beta: positive }),
  /** Budgets of 6 N D FLOPs. */
  budgets: z.array(positive).min(2),
  /** Sizes at each budget, evenly spaced in the logarithm. */
  points: z.number().int().min(3),
  /** The smallest size is the best one over `span`, the largest the best one times `span`. */
  span: z.number().gt(1),
});

/**
 * Curves of equal FLOPs on a known surface, and what each approach makes of them. Names: the constants that the law's
 * fit finds, their relative errors `error_*`, and for the approaches parabola, akima and parametric `exponent_*` of the
 * best size and `factor_*`, by which its coefficient is off.
 */
export const syntheticMethod = createMethod(options, async (_, { params, budgets, points, span }): Promise<Made> => {
  const law = findLaw('chinchilla');
  const columns = surfaceRows(params, { budgets, points, span });
  const fit = fitLaw(columns, law, { rho: 'squared' });
  const values: Record<string, number> = { ...approachValues(columns, params) };
  for (const [name, { value }] of Object.entries(fit.params)) {
    values[name] = value;
    values[`error_${name}`] = value / params[name as keyof typeof params] - 1;
  }
  return { values, verdicts: [{ code: fit.status, text: '' }, ...fit.verdicts] };
});

/** Approach 1 needs training curves and is not here. */
function approachValues(columns: Columns, params: Surface['params']): Record<string, number> {
  const estimates = Object.entries(params).map(([name, value]) => [name, { value, se: 0, lo: value, hi: value }]);
  const truth = parametricLaw({ params: Object.fromEntries(estimates) });
  const entries = compareApproaches(columns, findLaw('chinchilla')).flatMap(({ approach, N }) => {
    const name = approach.slice(2);
    return N === null
      ? []
      : [
          [`exponent_${name}`, N.exponent],
          [`factor_${name}`, N.coefficient / truth.coefficient],
        ];
  });
  return Object.fromEntries(entries);
}

type Surface = z.infer<typeof options>;

function surfaceRows(params: Surface['params'], { budgets, points, span }: Omit<Surface, 'params'>): Columns {
  const law = findLaw('chinchilla');
  const rows = budgets.flatMap(flops => {
    const { N: best } = computeOptimum(params, flops);
    return Array.from({ length: points }, (_, i) => {
      const N = best * span ** ((2 * i) / (points - 1) - 1);
      const D = flops / 6 / N;
      return { C: flops, N, D, loss: predictLaw(law, params, { N, D }) };
    });
  });
  const column = (name: keyof (typeof rows)[number]) => Float64Array.from(rows, row => row[name]);
  return { C: column('C'), N: column('N'), D: column('D'), loss: column('loss') };
}
