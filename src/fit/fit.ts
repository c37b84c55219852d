import { type Columns, fail } from '../base/index.js';
import type { Law } from '../law/index.js';
import { checkColumns } from './checks.js';
import { estimateCovariance, type Uncertainty } from './covariance.js';
import { studentTwoSided } from './distribution.js';
import { maximiseLikelihood } from './likelihood.js';
import { type Metrics, measureFit } from './metrics.js';
import { type FitOptions, type ParsedOptions, parseFitOptions } from './options.js';
import { createProblem, type Problem, paramsAt } from './problem.js';
import { createRho, type Rho, type RhoName } from './rho.js';
import { GRADIENT_TOLERANCE, type Search, searchStarts } from './search.js';
import { createStarts, type Start } from './starts.js';
import type { FitStatus, Verdict } from './status.js';
import { judgeFit, judgeStatus } from './verdicts.js';

/** A parameter with its standard error and interval; a held one has se 0. Infinity: no limit on that side. */
export interface Estimate {
  readonly value: number;
  readonly se: number;
  readonly lo: number;
  readonly hi: number;
}

/** Covariance of the parameters, in their own units; `matrix[i][j]` belongs to `names[i]`, `names[j]`. */
export interface Covariance {
  readonly names: readonly string[];
  readonly matrix: readonly (readonly number[])[];
}

/** What a fit found, whether or not it should be trusted: read `status` and `verdicts` first. */
export interface Fit {
  readonly law: Law;
  readonly status: FitStatus;
  readonly params: Readonly<Record<string, Estimate>>;
  /**
   * Sum over rows of weight * rho(residual), half the sum of squares when rho is squared, minus the logarithm of the
   * likelihood when it is 'likelihood'; over the sum of weights when `reduce` is 'mean'.
   */
  readonly objective: number;
  readonly rows: number;
  readonly free: number;
  readonly covariance: Covariance;
  /** Predicted minus measured, of logarithms where `residual` says so. */
  readonly residuals: Float64Array;
  readonly metrics: Metrics;
  readonly verdicts: readonly Verdict[];
  readonly rho: RhoName;
  readonly huberDelta: number;
  readonly over: number;
  /** For 'likelihood': the scale that was fitted with the parameters, the unit of huberDelta; null for the others. */
  readonly scale: number | null;
  readonly reduce: 'sum' | 'mean';
  readonly residual: 'log' | 'linear';
  readonly level: number;
  readonly seed: number;
  /** Largest cosine between the Jacobian and the slopes of rho: 0 at an optimum. */
  readonly gradient: number;
  /** Starting points looked at, searches sent down from the best of them, and how many ended at this optimum. */
  readonly starts: { readonly tried: number; readonly descended: number; readonly agreed: number };
}

/**
 * Fits a law to runs: named estimates with intervals, and a status that says what to do next.
 *
 * Columns are read by the law's own names of inputs and response. By default: Huber's function with delta 1e-3 on the
 * law's residuals (logarithms for losses), 64 starts, sandwich covariance, 95 % intervals by Student's t; intervals of
 * log-scale parameters are symmetric in the logarithm. Source: Hoffmann 2022, approach 3; Besiroglu 2024.
 *
 * @example fitLaw({ N, D, loss }, findLaw('chinchilla')).params.alpha // => { value: 0.347, se: 0.015, lo: ..., hi: ... }
 */
export function fitLaw(columns: Columns, law: Law, options: FitOptions = {}): Fit {
  const parsed = parseFitOptions(law, options);
  checkColumns(columns, law, parsed); // 1. refuse what cannot be fitted
  const problem = createProblem(columns, law, parsed); // 2. residuals of a vector
  const starts = createStarts(problem, columns, parsed); // 3. where to look
  const { search, rho, scale } = findOptimum(problem, starts, parsed); // 4. the optimum
  const { theta, objective, gradient } = search.best;
  const jacobian = new Float64Array(problem.rows * problem.size);
  problem.linearize(theta, new Float64Array(problem.rows), jacobian);
  if (!Number.isFinite(objective) || !jacobian.every(Number.isFinite))
    fail(
      `${law.name} must be finite at some starting point, got none of ${search.tried}; give starting values or bounds`,
    );
  const uncertainty = estimateCovariance(problem, rho, { theta, ...parsed }); // 5. how sure
  const params = estimates(problem, theta, { uncertainty, level: parsed.level });
  const finding = { problem, search, uncertainty, params };
  const residuals = new Float64Array(problem.rows);
  problem.residuals(theta, residuals);
  return {
    law,
    status: judgeStatus(finding), // 6. what to make of it
    params,
    objective: parsed.reduce === 'mean' ? objective / sumOf(problem.weights) : objective,
    rows: problem.rows,
    free: problem.size,
    covariance: naturalCovariance(problem, theta, uncertainty),
    residuals,
    metrics: measureFit(problem, rho, { residuals, objective, scale }),
    verdicts: judgeFit(finding),
    ...settings(parsed),
    scale,
    gradient,
    starts: { tried: search.tried, descended: search.descended, agreed: search.agreed },
  };
}

/** The function that a fit was made with; with the scale of a likelihood in its delta. */
export const rhoOf = ({ rho, huberDelta, over, scale }: Pick<Fit, 'rho' | 'huberDelta' | 'over' | 'scale'>): Rho =>
  createRho(rho, huberDelta * (scale ?? 1), over);

const sumOf = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0);

function findOptimum(
  problem: Problem,
  starts: readonly Start[],
  { rho: name, huberDelta, over, maxIterations }: ParsedOptions,
): { search: Search; rho: Rho; scale: number | null } {
  if (name !== 'likelihood') {
    const rho = createRho(name, huberDelta, over);
    return { search: searchStarts(problem, rho, { starts, maxIterations }), rho, scale: null };
  }
  // The likelihood's valleys are those of the absolute value, near enough to start from.
  const near = searchStarts(problem, createRho('huber', 1e-3 * huberDelta), { starts, maxIterations });
  const exact = { maxIterations, tolerance: GRADIENT_TOLERANCE, damping: 1e-4 };
  const best = maximiseLikelihood(problem, huberDelta, { start: near.best.theta, exact });
  return { search: { ...near, best }, rho: best.rho, scale: best.scale };
}

const settings = ({ rho, huberDelta, over, reduce, residual, level, seed }: ParsedOptions) => ({
  rho,
  huberDelta,
  over,
  reduce,
  residual,
  level,
  seed,
});

function estimates(
  { slots, rows, size }: Problem,
  theta: Float64Array,
  { uncertainty, level }: { uncertainty: Uncertainty; level: number },
): Record<string, Estimate> {
  const values = paramsAt(slots, theta);
  const reach = studentTwoSided(level, rows - size);
  const entries = slots.rules.map(({ name, min, max, scale }, k): [string, Estimate] => {
    const value = values[k];
    const j = slots.slot[k];
    if (j < 0) return [name, { value, se: 0, lo: value, hi: value }];
    const se = Math.sqrt(Math.max(0, uncertainty.theta.get(j, j)));
    const isLog = scale === 'log';
    const lo = isLog ? value * Math.exp(-reach * se) : value - reach * se;
    const hi = isLog ? value * Math.exp(reach * se) : value + reach * se;
    return [name, { value, se: isLog ? value * se : se, lo: Math.max(min, lo), hi: Math.min(max, hi) }];
  });
  return Object.fromEntries(entries);
}

function naturalCovariance({ slots }: Problem, theta: Float64Array, { theta: inner }: Uncertainty): Covariance {
  const values = paramsAt(slots, theta);
  const free = Array.from(slots.slot.keys()).filter(k => slots.slot[k] >= 0);
  const unit = (k: number) => (slots.isLog[slots.slot[k]] ? values[k] : 1);
  return {
    names: free.map(k => slots.rules[k].name),
    matrix: free.map(a => free.map(b => unit(a) * unit(b) * inner.get(slots.slot[a], slots.slot[b]))),
  };
}
