import { quantile } from 'simple-statistics';
import { tryLeastSquares } from './least-squares.js';
import { minimise, type NewtonOptions, type Optimum } from './newton.js';
import { linearSlots, type Problem } from './problem.js';
import { descendProjected } from './projection.js';
import { createRho, type Rho, withDelta } from './rho.js';
import type { Start } from './starts.js';

/** What the search did, for people who ask how sure the optimum is. */
export interface Search {
  readonly best: Optimum;
  /** Starting points whose objective was looked at, the linear parameters fitted to each. */
  readonly tried: number;
  /** Those from which a search went down: the best ones that do not lie beside a better one. */
  readonly descended: number;
  /** Searches that ended at the best objective found, to seven digits. */
  readonly agreed: number;
}

/** A cosine: see `Optimum.gradient`. */
export const GRADIENT_TOLERANCE = 1e-10;
const LEAST_SQUARES_STEPS = 12;
const PROJECTED_STEPS = 100;
const SQUARED = createRho('squared', Infinity);
/** Stages need not be exact, but loose ones leave the next delta too far from its rows. */
const STAGE: NewtonOptions = { maxIterations: 30, tolerance: 1e-4, damping: 1e-4 };

/**
 * Least sum of rho over all starts.
 *
 * Every start is looked at; a search goes down from the best ones that have no better start beside them, since those
 * that have would end in the same valley. For the square that is variable projection where the law allows it, else
 * Levenberg-Marquardt, and Newton's method at the end; for a robust function Newton's method by stages.
 */
export function searchStarts(
  problem: Problem,
  rho: Rho,
  { starts, maxIterations }: { starts: readonly Start[]; maxIterations: number },
): Search {
  const chosen = chooseStarts(problem, rho, starts);
  const exact = { maxIterations, tolerance: GRADIENT_TOLERANCE, damping: 1e-4 };
  const ends =
    rho.name === 'squared'
      ? squaredEnds(problem, chosen, exact)
      : chosen.map(start => descendByStages(problem, rho, { start, exact }));
  const best = ends.reduce((a, b) => (isBetter(b, a) ? b : a));
  return {
    best,
    tried: starts.length,
    descended: ends.length,
    agreed: ends.filter(end => isAlike(end, best)).length,
  };
}

/**
 * Levenberg-Marquardt's package never undoes a bad step, so the two best starts also go down without it; so they do
 * beside variable projection, which leaves no start where the user put it.
 */
function squaredEnds(problem: Problem, chosen: readonly Float64Array[], exact: NewtonOptions): Optimum[] {
  const { maxIterations } = exact;
  const finish = (theta: Float64Array) => minimise(problem, SQUARED, theta, exact);
  const walked = (start: Float64Array) =>
    finish(tryLeastSquares(problem, start, Math.min(LEAST_SQUARES_STEPS, maxIterations)));
  const alone = chosen.slice(0, 2).map(start => minimise(problem, SQUARED, start, { ...exact, damping: 1 }));
  if (problem.logResidual || linearSlots(problem).length === 0) return [...chosen.map(walked), ...alone];
  const projected = chosen.map(start =>
    finish(descendProjected(problem, start, Math.min(PROJECTED_STEPS, maxIterations))),
  );
  return [...projected, ...chosen.slice(0, 2).map(walked), ...alone];
}

const FEWEST = 6;
const MOST = 24;

/**
 * The best starts, none beside a better one: within the distance at which two of that many even points are neighbours.
 * Source: Rinnooy Kan and Timmer 1987 (single linkage). The best few come always, since a valley may be narrow.
 */
function chooseStarts(problem: Problem, rho: Rho, starts: readonly Start[]): Float64Array[] {
  const residuals = new Float64Array(problem.rows);
  const heights = starts.map(({ theta }) =>
    problem.residuals(theta, residuals) ? rho.total(residuals, problem.weights) : Infinity,
  );
  const order = Array.from(starts.keys()).sort((a, b) => heights[a] - heights[b] || a - b);
  const reach = neighbourDistance(starts.length, starts[0].place.length);
  const better = order.slice(0, Math.max(FEWEST, Math.ceil(order.length / 4)));
  const apart = better.filter((one, rank) =>
    better.slice(0, rank).every(other => distance(starts[one].place, starts[other].place) > reach),
  );
  const given = order.filter(one => starts[one].given);
  const chosen = new Set([...given, ...order.slice(0, FEWEST), ...apart.slice(0, MOST)]);
  return [...chosen].map(index => starts[index].theta);
}

/** The radius of a ball that holds ln(count) of count even points of the unit cube; longer along its edges. */
function neighbourDistance(count: number, axes: number): number {
  if (axes === 0) return 0;
  const ball = axes % 2 === 0 ? evenBall(axes) : oddBall(axes);
  return (Math.log(count + 1) / count / ball) ** (1 / axes);
}

const evenBall = (axes: number): number => (axes === 0 ? 1 : (evenBall(axes - 2) * 2 * Math.PI) / axes);
const oddBall = (axes: number): number => (axes === 1 ? 2 : (oddBall(axes - 2) * 2 * Math.PI) / axes);

function distance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let axis = 0; axis < a.length; axis++) sum += (a[axis] - b[axis]) ** 2;
  return Math.sqrt(sum);
}

const isAlike = (a: Optimum, b: Optimum) => Math.abs(a.objective - b.objective) <= 1e-7 * Math.abs(b.objective);

/** Lower is better; of two that agree to rounding the one with the smaller gradient. */
function isBetter(a: Optimum, b: Optimum): boolean {
  const same = Math.abs(a.objective - b.objective) <= 1e-12 * Math.abs(b.objective);
  return same ? a.gradient < b.gradient : a.objective < b.objective;
}

/**
 * A robust function has few rows on its quadratic part when delta is far below the residuals, so Newton's step from far
 * away says little. Go down through larger deltas first, from the size of the residuals at hand, each a fifth.
 */
export function descendByStages(
  problem: Problem,
  rho: Rho,
  { start, exact }: { start: Float64Array; exact: NewtonOptions },
): Optimum {
  const residuals = new Float64Array(problem.rows);
  let theta = start;
  if (problem.residuals(start, residuals)) {
    const typical = quantile(Array.from(residuals, Math.abs), 0.5);
    for (let delta = typical / 2; delta > rho.delta * 2; delta /= 5)
      theta = minimise(problem, withDelta(rho, delta), theta, STAGE).theta;
  }
  return minimise(problem, rho, theta, exact);
}
