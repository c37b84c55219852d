import type { ShapeColumns } from '../cost/index.js';
import type { Law } from '../law/index.js';
import { parseBudget } from './budget.js';
import { costCandidates, type ShapeCosts, type Spending, spendBudget } from './candidates.js';
import { keepRows, limitsOf } from './constraints.js';
import { inputColumns } from './inputs.js';
import type { Centre, Problem } from './problem.js';
import { reachOf } from './reach.js';

/** Every shape with what it costs, what its budget buys and the loss it reaches. */
export interface Search {
  readonly costs: ShapeCosts;
  readonly spending: Spending;
  /** 1 for rows that keep to every limit and lie within the law's reach. */
  readonly kept: Uint8Array;
  /** Row of the smallest loss among these, the first of equal ones; -1: none. */
  readonly best: number;
  /** Row of a smaller loss that keeps to every limit, but lies beyond the law's reach; -1: none. */
  readonly beyond: number;
}

export const costProblem = (problem: Problem, shapes: ShapeColumns): ShapeCosts =>
  costCandidates(shapes, {
    ...problem,
    count: problem.inputs.count,
    memoryBatch: problem.constraints.memoryBatch ?? 1,
  });

export const spendProblem = (problem: Problem, costs: ShapeCosts): Spending =>
  spendBudget(costs, { ...problem, purse: parseBudget(problem.budget, problem.machine) });

/**
 * The shape of the smallest loss, by trying all: exact for any law and any constraints.
 *
 * @param given.spending what the budget buys, where it is known from another search of the same budget
 */
export function searchShapes(
  problem: Problem,
  {
    costs,
    centre,
    spending = spendProblem(problem, costs),
  }: { costs: ShapeCosts; centre: Centre; spending?: Spending },
): Search {
  const { stage, inputs, constraints } = problem;
  const rows = costs.params.length;
  const kept = keepRows(rows, limitsOf(costs, spending, constraints));
  const columns = inputColumns(stage.law, { ...costs, ...spending }, inputs);
  evaluateRows(stage.law, centre.loss, { columns, kept, out: spending.loss });
  const reached = reachOf(stage, columns, { reach: problem.reach, rows });
  const { loss } = spending;
  let best = -1;
  let least = -1;
  for (let row = 0; row < rows; row++) {
    if (!kept[row] || Number.isNaN(loss[row])) continue;
    if (least < 0 || loss[row] < loss[least]) least = row;
    if (!reached[row]) kept[row] = 0;
    else if (best < 0 || loss[row] < loss[best]) best = row;
  }
  const beyond = least >= 0 && (best < 0 || loss[least] < loss[best]) ? least : -1;
  return { costs, spending, kept, best, beyond };
}

/** Fills the law's value where rows are kept and nobody asked before: a search with a looser limit asks for few. */
function evaluateRows(
  law: Law,
  params: readonly number[],
  { columns, kept, out }: { columns: readonly ArrayLike<number>[]; kept: Uint8Array; out: Float64Array },
): void {
  const values = new Float64Array(columns.length);
  for (let row = 0; row < out.length; row++) {
    if (!kept[row] || !Number.isNaN(out[row])) continue;
    for (let i = 0; i < columns.length; i++) values[i] = columns[i][row];
    out[row] = law.evaluate(params, values);
  }
}

/**
 * Kept rows within the reach of the downstream law, ranked by it at their loss: the row of the best score, the first of
 * equal ones. Where none is within its reach, the best by loss.
 */
export function bestByScore({ downstream, inputs, reach }: Problem, search: Search, centre: Centre): number {
  const { law } = downstream!;
  const { costs, spending, kept } = search;
  const rows = kept.length;
  const others = inputColumns(law, { ...costs, ...spending }, inputs, 1);
  const reached = reachOf(downstream!, others, { reach, rows, skip: 1 });
  for (let row = 0; row < rows; row++) if (!kept[row]) reached[row] = 0;
  const score = new Float64Array(rows).fill(Number.NaN);
  evaluateRows(law, centre.score!, { columns: [spending.loss, ...others], kept: reached, out: score });
  const sign = scoreRises(law) ? 1 : -1;
  let best = -1;
  for (let row = 0; row < rows; row++)
    if (!Number.isNaN(score[row]) && (best < 0 || sign * score[row] > sign * score[best])) best = row;
  return best < 0 ? search.best : best;
}

/** Whether more of the downstream response is better: it is not where it rises with the loss, as an error does. */
export const scoreRises = ({ inputs }: Law): boolean => inputs[0].trend !== 'rises';
