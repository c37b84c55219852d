import { preset, type Shape, SIZES } from '../shape/index.js';
import { parseBudget, scaleBudget } from './budget.js';
import type { PlannedShape } from './predict.js';
import type { Centre, Problem } from './problem.js';
import { costProblem, type Search, searchShapes } from './search.js';
import { shapeColumns } from './space.js';
import { sustainedRate } from './step-seconds.js';

/** The T5 size that does best at the same budget, and what the choice saves. */
export interface Replaced {
  readonly name: string;
  readonly planned: PlannedShape;
  /**
   * What the choice spends to reach the loss that the named size has, over what that size spends, in the unit of the
   * budget; null: it does not reach it.
   */
  readonly budgetShare: number | null;
  readonly paramsShare: number;
  /** Training memory of a device. */
  readonly memoryShare: number;
}

/** T5's own sizes at the same budget; null where none keeps to the limits. */
export function searchNamed(problem: Problem, centre: Centre): Search | null {
  const shapes = shapeColumns(SIZES.map(size => ({ ...preset(size), vocab_size: problem.space.vocab_size })));
  const search = searchShapes(problem, { costs: costProblem(problem, shapes), centre });
  return search.best < 0 ? null : search;
}

export function replacedBy(
  problem: Problem,
  centre: Centre,
  { choice, planned, named }: { choice: PlannedShape; planned: PlannedShape; named: Search },
): Replaced {
  const reached = spendFor(problem, centre, { shape: choice.shape, target: named.spending.loss[named.best] });
  return {
    name: planned.name,
    planned,
    budgetShare: reached === null ? null : reached / spentBy(problem, named, named.best),
    paramsShare: choice.params / planned.params,
    memoryShare: choice.deviceBytes / planned.deviceBytes,
  };
}

/** Least that a shape spends to reach a loss of at most `target`: bisection of the logarithm of its share of the budget. */
function spendFor(
  problem: Problem,
  centre: Centre,
  { shape, target }: { shape: Shape; target: number },
): number | null {
  const costs = costProblem(problem, shapeColumns([shape]));
  const spentAt = (share: number) => {
    const part = { ...problem, budget: scaleBudget(problem.budget, share), reach: Infinity };
    const search = searchShapes(part, { costs, centre });
    return search.best === 0 && search.spending.loss[0] <= target ? spentBy(problem, search, 0) : null;
  };
  let spent = spentAt(1);
  let [low, high] = [2 ** -20, 1];
  while (spent !== null && high / low > 1 + 1e-6) {
    const middle = Math.sqrt(low * high);
    const less = spentAt(middle);
    if (less === null) low = middle;
    else [high, spent] = [middle, less];
  }
  return spent;
}

/** FLOPs, or seconds of one device, of the training and the inference after it. */
function spentBy({ budget, machine, inference, memory }: Problem, { costs, spending }: Search, row: number): number {
  const generated = costs.tokenFlops ? costs.tokenFlops[row] * inference!.tokens : 0;
  if (parseBudget(budget, machine).unit === 'flops') return spending.flops[row] + generated;
  const trained = (spending.flops[row] / costs.stepFlops[row]) * costs.secondsPerStep![row] * machine!.devices;
  return trained + (generated > 0 ? generated / sustainedRate(machine!, memory) : 0);
}
