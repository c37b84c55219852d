import { createFrontierKernel, frontierIndices } from './kernel.js';
import { type Objective, readObjectives } from './objective.js';

/**
 * The Pareto frontier: the points that no other point dominates.
 *
 * q dominates p when q is no worse on every objective and better on at least one. So exact duplicates do not dominate
 * each other, and all copies of a frontier point are on the frontier; a point that ties on one objective and loses on
 * another is not. Infinities are ordered like other numbers; NaN and what is no number are refused, naming point and
 * objective. Points come back in input order; none in, none out. This is the frontier of what was measured; for the
 * best size a law expects at each budget see the optimal path of src/plan.
 *
 * Agrees with Python's paretoset(distinct=False) and oapackage.
 *
 * @example paretoFrontier([{ N: 1, L: 3 }, { N: 2, L: 3 }, { N: 3, L: 2 }], [
 *   { name: 'N', goal: 'min' },
 *   { name: 'L', goal: 'min' },
 * ]) // => [{ N: 1, L: 3 }, { N: 3, L: 2 }]
 */
export function paretoFrontier<T extends object>(points: readonly T[], objectives: readonly Objective<T>[]): T[] {
  const { columns, goals } = readObjectives(points, objectives);
  return Array.from(frontierIndices(columns, goals), index => points[index]);
}

/** A point, and the points that dominate it, in input order; `by` is empty on the frontier. */
export interface Domination<T> {
  readonly point: T;
  readonly by: readonly T[];
}

/**
 * Who dominates whom, one entry a point in input order. Compares all pairs: for tables that people read, up to some
 * thousands of points.
 *
 * @example dominatedBy(models, [{ name: 'params', goal: 'min' }, { name: 'avg', goal: 'max' }])
 */
export function dominatedBy<T extends object>(
  points: readonly T[],
  objectives: readonly Objective<T>[],
): Domination<T>[] {
  const { columns, goals } = readObjectives(points, objectives);
  const signs = goals.map(goal => (goal === 'max' ? -1 : 1));
  const costs = columns.map((column, axis) => column.map(value => signs[axis] * value));
  return points.map((point, i) => ({ point, by: points.filter((_, j) => dominates(costs, j, i)) }));
}

function dominates(costs: readonly Float64Array[], a: number, b: number): boolean {
  return costs.every(cost => cost[a] <= cost[b]) && costs.some(cost => cost[a] < cost[b]);
}

/** What the weak rule looks at: each compute axis against each measure of quality. */
export interface FrontierAxes<T> {
  /** Compute axes, e.g. params and FLOPs ('min'), steps per second ('max'). */
  readonly costs: readonly Objective<T>[];
  /** Measures of quality, e.g. one score a task. */
  readonly qualities: readonly Objective<T>[];
}

/** A compute axis and a measure of quality, by name. */
export interface AxisPair {
  readonly cost: string;
  readonly quality: string;
}

/** Where a point stands under the weak rule; `pairs` are those on which no other point dominates it. */
export interface WeakVerdict<T> {
  readonly point: T;
  readonly efficient: boolean;
  readonly pairs: readonly AxisPair[];
}

/**
 * The weak rule of "Scale Efficiently": a model is Pareto-efficient when, on at least one compute axis and for at least
 * one downstream task, no model is better at a like cost; that is, when it is on the frontier of at least one pair.
 * The more axes and tasks, the easier it is to pass: `paretoFrontier` on one pair is the strict rule to show beside it.
 * Gives one verdict a point, in input order. Source: Tay et al. 2021, arXiv 2109.10686.
 */
export function weakFrontier<T extends object>(
  points: readonly T[],
  { costs, qualities }: FrontierAxes<T>,
): WeakVerdict<T>[] {
  const cost = readObjectives(points, costs);
  const quality = readObjectives(points, qualities);
  const kernel = createFrontierKernel();
  const pairs = points.map((): AxisPair[] => []);
  for (const [c, { name: costName }] of costs.entries())
    for (const [q, { name: qualityName }] of qualities.entries()) {
      const front = kernel([cost.columns[c], quality.columns[q]], [cost.goals[c], quality.goals[q]]);
      for (const index of front) pairs[index].push({ cost: costName, quality: qualityName });
    }
  return points.map((point, i) => ({ point, efficient: pairs[i].length > 0, pairs: pairs[i] }));
}
