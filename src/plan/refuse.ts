import { fail, format } from '../base/index.js';
import { keepRows, limitsOf } from './constraints.js';
import type { PlannedShape } from './predict.js';
import type { Problem } from './problem.js';
import { beyondInWords, farInWords, measuredInWords } from './reach.js';
import type { Search } from './search.js';

/** Refuses, in one line that says why, a search that found nothing, or something better beyond the measured runs. */
export function checkSearch(problem: Problem, search: Search): void {
  const { beyond, best, costs, spending } = search;
  if (best < 0 && beyond < 0) fail(whyNone(problem, search));
  if (beyond < 0 || (best >= 0 && problem.reach > 1)) return;
  const { stage, reach } = problem;
  const bound = reach > 1 ? `within ${reach} times the measured runs` : 'within the measured runs';
  fail(
    `a plan must stay ${bound} (${measuredInWords(stage.law, stage.columns)}), got a best shape beyond: ${beyondInWords(problem, { ...costs, ...spending }, beyond)}; extrapolate further, or narrow the budget or the space`,
  );
}

/** The same for the scores of shapes that are to be shown. */
export function checkScores({ downstream, reach }: Problem, shapes: readonly PlannedShape[]): void {
  const far = downstream ? shapes.map(shape => farInWords(downstream.law, shape.beyondDownstream)) : [];
  const first = far.find(words => words !== '');
  if (reach > 1 || first === undefined) return;
  const measured = measuredInWords(downstream!.law, downstream!.columns);
  fail(
    `a plan must stay within the downstream runs (${measured}), got a shape beyond: ${first}; extrapolate, or narrow the budget or the space`,
  );
}

/** How many shapes keep to each limit by itself, and what the most modest one needs. */
function whyNone({ constraints }: Problem, { costs, spending }: Search): string {
  const rows = costs.params.length;
  const counts = limitsOf(costs, spending, constraints).map(limit => {
    const kept = keepRows(rows, [limit]).reduce((sum, one) => sum + one, 0);
    const { words, values, most } = limit;
    const least = Array.prototype.reduce.call(values, (a, b) => Math.min(a as number, b as number), Infinity) as number;
    return kept > 0
      ? `${words}: ${kept} keep to it`
      : `${words}: none (the least is ${format.digits(least / most, 3)} times too much)`;
  });
  return `a plan needs a shape that keeps to every limit, got none of ${rows} (${counts.join('; ')})`;
}
