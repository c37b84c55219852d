import { quantile } from 'simple-statistics';
import { descendLeastSquares } from './least-squares.js';
import { minimise, type NewtonOptions, type Optimum, total } from './newton.js';
import type { Problem } from './problem.js';
import { createRho, type Rho } from './rho.js';

/** What the search did, for people who ask how sure the optimum is. */
export interface Search {
  readonly best: Optimum;
  /** Starting points whose objective was looked at. */
  readonly tried: number;
  /** The best of them, from which a search went down. */
  readonly descended: number;
  /** Searches that ended at the best objective found, to seven digits. */
  readonly agreed: number;
}

const GRADIENT_TOLERANCE = 1e-10;
const LEAST_SQUARES_STEPS = 12;
const SQUARED = createRho('squared', Infinity);
/** Stages need not be exact, but loose ones leave the next delta too far from its rows. */
const STAGE: NewtonOptions = { maxIterations: 30, tolerance: 1e-4, damping: 1e-4 };

/**
 * Least sum of rho over all starts: the best eighth of them (4 to 32) go down by least squares, and for Huber's
 * function every different end goes on by stages. The two best starts also go down by themselves: the package behind
 * the least-squares steps never undoes a bad one, and outliers may lead least squares away.
 */
export function searchStarts(
  problem: Problem,
  rho: Rho,
  { starts, maxIterations }: { starts: readonly Float64Array[]; maxIterations: number },
): Search {
  const chosen = bestStarts(problem, starts);
  const exact = { maxIterations, tolerance: GRADIENT_TOLERANCE, damping: 1e-4 };
  const steps = Math.min(LEAST_SQUARES_STEPS, maxIterations);
  const least = [
    ...chosen.map(start => minimise(problem, SQUARED, descendLeastSquares(problem, start, steps), exact)),
    ...chosen.slice(0, 2).map(start => minimise(problem, SQUARED, start, { ...exact, damping: 1 })),
  ];
  const robust = rho.name === 'squared' ? null : robustEnds(problem, rho, { least, own: chosen.slice(0, 2), exact });
  const ends = robust ?? least.map(end => ({ end, count: 1 }));
  const { end: best } = ends.reduce((a, b) => (isBetter(b.end, a.end) ? b : a));
  const sum = (list: readonly { count: number }[]) => list.reduce((total, { count }) => total + count, 0);
  return {
    best,
    tried: starts.length,
    descended: sum(ends),
    agreed: sum(ends.filter(({ end }) => isAlike(end, best))),
  };
}

interface RobustStarts {
  readonly least: readonly Optimum[];
  readonly own: readonly Float64Array[];
  readonly exact: NewtonOptions;
}

/** Searches whose least-squares ends agree go on as one, and count as many. */
function robustEnds(
  problem: Problem,
  rho: Rho,
  { least, own, exact }: RobustStarts,
): { end: Optimum; count: number }[] {
  const go = (start: Float64Array, count: number) => ({ end: descendByStages(problem, rho, { start, exact }), count });
  return [...groupAlike(least).map(group => go(group[0].theta, group.length)), ...own.map(start => go(start, 1))];
}

/** The starts of least squared objective, best first. */
function bestStarts(problem: Problem, starts: readonly Float64Array[]): Float64Array[] {
  const residuals = new Float64Array(problem.rows);
  const heights = starts.map(theta =>
    problem.residuals(theta, residuals) ? total(problem, SQUARED, residuals) : Infinity,
  );
  const order = Array.from(starts.keys()).sort((a, b) => heights[a] - heights[b] || a - b);
  return order.slice(0, Math.min(32, Math.max(4, Math.ceil(starts.length / 8)))).map(index => starts[index]);
}

const isAlike = (a: Optimum, b: Optimum) => Math.abs(a.objective - b.objective) <= 1e-7 * b.objective;

function groupAlike(ends: readonly Optimum[]): Optimum[][] {
  const groups: Optimum[][] = [];
  for (const end of ends) {
    const group = groups.find(([first]) => isAlike(end, first));
    if (group) group.push(end);
    else groups.push([end]);
  }
  return groups;
}

/** Lower is better; of two that agree to rounding the one with the smaller gradient. */
function isBetter(a: Optimum, b: Optimum): boolean {
  const same = Math.abs(a.objective - b.objective) <= 1e-12 * Math.abs(b.objective);
  return same ? a.gradient < b.gradient : a.objective < b.objective;
}

/**
 * Huber's function has few rows on its quadratic part when delta is far below the residuals, so Newton's step from far
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
      theta = minimise(problem, createRho('huber', delta), theta, STAGE).theta;
  }
  return minimise(problem, rho, theta, exact);
}
