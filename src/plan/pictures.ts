import { scaleBudget } from './budget.js';
import { type PlannedShape, predictRows } from './predict.js';
import { fitCentre, type PlanOptions, parseProblem } from './problem.js';
import { checkSearch } from './refuse.js';
import { costProblem, type Search, searchShapes } from './search.js';
import { enumerateShapes } from './space.js';

// What charts of a plan are drawn from.

export interface BudgetPoint {
  /** The budget, as a multiple of the plan's. */
  readonly times: number;
  readonly planned: PlannedShape;
}

/**
 * The best shape at several budgets, each with its interval, in the order given. Budgets are left out whose best shape
 * lies beyond the law's reach.
 *
 * @example budgetCurve(options, [0.25, 0.5, 1, 2, 4])
 */
export function budgetCurve(options: PlanOptions, multiples: readonly number[]): BudgetPoint[] {
  const problem = parseProblem(options);
  const costs = costProblem(problem, enumerateShapes(problem.space));
  const centre = fitCentre(problem);
  const searches = multiples
    .map(times => ({
      times,
      search: searchShapes({ ...problem, budget: scaleBudget(problem.budget, times) }, { costs, centre }),
    }))
    .filter(({ search: { best, beyond } }) => best >= 0 && beyond < 0);
  if (searches.length === 0) return [];
  const places = searches.map(({ search }) => ({ search, row: search.best }));
  const { shapes } = predictRows(problem, places, []);
  return searches.map(({ times }, i) => ({ times, planned: shapes[i] }));
}

/** The best of all shapes of one depth and width. */
export interface GridCell {
  /** Encoder and decoder layers. */
  readonly layers: number;
  readonly width: number;
  readonly loss: number;
  readonly params: number;
  readonly tokens: number;
  /** Of a training step: lines of equal FLOPs are lines of equal tokens. */
  readonly stepFlops: number;
}

/** Loss over depth and width at the plan's budget: shapes that keep to every limit, by layers and width. */
export function shapeGrid(options: PlanOptions): GridCell[] {
  const problem = parseProblem(options);
  const costs = costProblem(problem, enumerateShapes(problem.space));
  const search = searchShapes(problem, { costs, centre: fitCentre(problem) });
  checkSearch(problem, search);
  return bestOfEach(search);
}

function bestOfEach({ costs, spending, kept }: Search): GridCell[] {
  const { shapes, layers, params, stepFlops } = costs;
  const { loss, tokens } = spending;
  const best = new Map<number, number>();
  for (let row = 0; row < kept.length; row++) {
    if (!kept[row] || Number.isNaN(loss[row])) continue;
    const cell = layers[row] * 2 ** 20 + shapes.d_model[row];
    const other = best.get(cell);
    if (other === undefined || loss[row] < loss[other]) best.set(cell, row);
  }
  return [...best.values()]
    .map(row => ({
      layers: layers[row],
      width: shapes.d_model[row],
      loss: loss[row],
      params: params[row],
      tokens: tokens[row],
      stepFlops: stepFlops[row],
    }))
    .sort((a, b) => a.layers - b.layers || a.width - b.width);
}
