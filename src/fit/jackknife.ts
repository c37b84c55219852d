import { Matrix, solve } from 'ml-matrix';
import type { Columns } from '../base/index.js';
import { quadraticShares } from './covariance.js';
import { type Fit, rhoOf } from './fit.js';
import { gram, minimise, type NewtonOptions } from './newton.js';
import { checkKnown, type FitOptions, parseFitOptions } from './options.js';
import { createProblem, type Problem, paramsAt, pickProblem } from './problem.js';
import { checkSame } from './profile.js';
import { fitValues, groupRows, thetaOf, weighRows } from './redraw.js';
import type { Rho } from './rho.js';
import { descendByStages } from './search.js';

export interface JackknifeOptions extends FitOptions {
  /** refit (default): every fit made again; step: one Newton step each, several times faster and near enough to rank. */
  readonly method?: 'refit' | 'step';
}

/** What one row, or one run, does to the constants. */
export interface Influence {
  /** The run's name; the row, from 0, where rows stand alone. */
  readonly unit: number | string;
  /** Its rows, from 0. */
  readonly rows: readonly number[];
  /** The constants without it minus those with it. */
  readonly change: Readonly<Record<string, number>>;
  /** The constant it moves most, and by how many of its standard errors. */
  readonly most: { readonly param: string; readonly errors: number };
}

export interface Jackknife {
  readonly method: 'refit' | 'step';
  readonly unit: 'row' | 'unit';
  /** Standard errors; of the value, not of its logarithm. */
  readonly se: Readonly<Record<string, number>>;
  /** Every row or run, the most influential first. */
  readonly influences: readonly Influence[];
  /** Those that move a constant by more than its standard error in the fit. */
  readonly movers: readonly Influence[];
}

const SEARCH: NewtonOptions = { maxIterations: 100, tolerance: 1e-9, damping: 1e-4 };

/**
 * Leaves out each row in turn (each run, with `unit`) and says what that does to every constant.
 *
 * Jackknife standard error: sqrt((g - 1) / g * sum of squared deviations of the g estimates from their mean. A shift is
 * counted in the fit's own standard errors (of the logarithm for log-scale parameters). With a huberDelta far below the
 * residuals the estimates jump from row to row, and the bootstrap's standard errors are better. Source: Efron and
 * Tibshirani 1993, chapter 11.
 *
 * @param options the options that made the fit
 * @example jackknifeFit({ N, D, loss }, fit).movers // => [{ unit: 240, rows: [240], most: { param: 'beta', ... } }]
 */
export function jackknifeFit(
  columns: Columns,
  fit: Fit,
  { method = 'refit', ...options }: JackknifeOptions = {},
): Jackknife {
  checkKnown('method', [method], ['refit', 'step']);
  const parsed = parseFitOptions(fit.law, options);
  const problem = createProblem(columns, fit.law, parsed);
  checkSame(problem, fit);
  const rho = rhoOf(fit);
  const theta = thetaOf(problem.slots, fitValues(fit));
  const groups = groupRows(problem.rows, parsed.unit);
  const without = method === 'refit' ? leaveOut(problem, rho, theta) : stepOut(problem, rho, theta);
  const thetas = groups.map(without);
  const estimates = thetas.map(end => paramsAt(problem.slots, end));
  const influences = groups.map((rows, g) => ({
    unit: parsed.unit === null ? rows[0] : parsed.unit[rows[0]],
    rows,
    change: changes(problem, fit, estimates[g]),
    most: mostMoved(problem, fit, { from: theta, to: thetas[g] }),
  }));
  influences.sort((a, b) => b.most.errors - a.most.errors);
  return {
    method,
    unit: parsed.unit === null ? 'row' : 'unit',
    se: standardErrors(problem, estimates),
    influences,
    movers: influences.filter(({ most }) => most.errors > 1),
  };
}

const leaveOut = (problem: Problem, rho: Rho, theta: Float64Array) => (group: readonly number[]) => {
  const times = new Float64Array(problem.rows).fill(1);
  for (const row of group) times[row] = 0;
  const { rows, weights } = weighRows(problem, times);
  const rest = pickProblem(problem, rows, weights);
  const direct = minimise(rest, rho, theta, SEARCH);
  if (direct.converged || rho.name === 'squared') return direct.theta;
  return descendByStages(rest, rho, { start: theta, exact: SEARCH }).theta;
};

/**
 * One Gauss-Newton step from the optimum with the group's rows gone. Each row's curvature is the mean of rho'' at a
 * residual like its own, as in the covariance, since rho'' itself is 0 almost everywhere when delta is small.
 */
function stepOut(problem: Problem, rho: Rho, theta: Float64Array) {
  const { rows, size, weights, slots } = problem;
  const residuals = new Float64Array(rows);
  const jacobian = new Float64Array(rows * size);
  problem.linearize(theta, residuals, jacobian);
  const pulls = residuals.map((residual, row) => weights[row] * rho.slope(residual));
  const bends = quadraticShares(residuals, rho).map((share, row) => share * weights[row]);
  const hessian = gram(jacobian, bends, size);
  return (group: readonly number[]) => {
    const part = Float64Array.from(group.flatMap(row => [...jacobian.subarray(row * size, (row + 1) * size)]));
    const gone = gram(
      part,
      Float64Array.from(group, row => bends[row]),
      size,
    );
    const slope = theta.map((_, j) => group.reduce((sum, row) => sum + pulls[row] * jacobian[row * size + j], 0));
    const step = solve(Matrix.sub(hessian, gone), Matrix.columnVector(slope), true).to1DArray();
    return theta.map((value, j) => Math.min(slots.upper[j], Math.max(slots.lower[j], value + step[j])));
  };
}

function changes({ slots }: Problem, fit: Fit, estimate: Float64Array): Record<string, number> {
  return Object.fromEntries(slots.rules.map(({ name }, k) => [name, estimate[k] - fit.params[name].value]));
}

function mostMoved(
  { slots }: Problem,
  fit: Fit,
  { from, to }: { from: Float64Array; to: Float64Array },
): Influence['most'] {
  let most = { param: '', errors: 0 };
  slots.rules.forEach(({ name, tiedTo }, k) => {
    const j = slots.slot[k];
    if (j < 0 || tiedTo !== null) return;
    const { value, se } = fit.params[name];
    const unit = slots.isLog[j] ? se / value : se;
    const errors = Math.abs(to[j] - from[j]) / unit;
    if (errors > most.errors || most.param === '') most = { param: name, errors };
  });
  return most;
}

function standardErrors({ slots }: Problem, estimates: readonly Float64Array[]): Record<string, number> {
  const count = estimates.length;
  return Object.fromEntries(
    slots.rules.map(({ name }, k) => {
      const mean = estimates.reduce((sum, values) => sum + values[k], 0) / count;
      const squares = estimates.reduce((sum, values) => sum + (values[k] - mean) ** 2, 0);
      return [name, Math.sqrt(((count - 1) / count) * squares)];
    }),
  );
}
