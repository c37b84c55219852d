import type { Forecasts } from '../fit/index.js';
import { sameShape } from '../shape/index.js';
import { type Band, findBand } from './band.js';
import { compareStages, type Downstream } from './downstream.js';
import { notesOf, warningsOf } from './notes.js';
import { type PlannedShape, predictRows } from './predict.js';
import { fitCentre, type PlanOptions, parseProblem } from './problem.js';
import { checkScores, checkSearch } from './refuse.js';
import { type Replaced, replacedBy, searchNamed } from './replaces.js';
import { bestByScore, costProblem, searchShapes } from './search.js';
import { findSensitivities, type Sensitivity } from './sensitivities.js';
import { enumerateShapes } from './space.js';
import { findRivals, type Spread, spreadOf } from './spread.js';

export interface Alternative extends PlannedShape {
  /** What it has more of, or less, than any other shape as good. */
  readonly why: string;
  /** Whether its loss is above that of the choice in nearly all draws; the runs do not tell the others apart. */
  readonly isWorse: boolean;
}

export interface Plan {
  /** Best by loss. */
  readonly choice: PlannedShape;
  /** Where the runs, drawn anew, put the best shape. */
  readonly spread: Spread;
  /** Ends of the band: as good, and better in something else. */
  readonly alternatives: readonly Alternative[];
  /** Shapes within EQUAL_LOSS of the best. */
  readonly band: Band;
  /** Null without a downstream law. */
  readonly downstream: Downstream | null;
  /** Null where no named size keeps to the limits. */
  readonly replaces: Replaced | null;
  readonly sensitivities: readonly Sensitivity[];
  /** Shapes tried, and those that keep to every limit. */
  readonly considered: number;
  readonly feasible: number;
  /** The fit behind the losses, what was drawn beside the rows, and the level of the intervals. */
  readonly forecasts: Forecasts;
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
}

/**
 * The shape and its tokens that a budget is best spent on: every shape of the space is costed, and the law says what
 * loss each reaches with the tokens that its budget buys.
 *
 * @example solvePlan({ stage: { columns, law: findLaw('chinchilla') }, budget: { flops: 1e21 } }).choice.name
 */
export function solvePlan(options: PlanOptions): Plan {
  const problem = parseProblem(options);
  const shapes = enumerateShapes(problem.space); // 1. what can be built
  const centre = fitCentre(problem); // 2. the laws
  const search = searchShapes(problem, { costs: costProblem(problem, shapes), centre }); // 3. cost and loss of all
  checkSearch(problem, search);
  const { band, ends } = findBand(search); // 4. equals, T5's own sizes, the best by score
  const named = searchNamed(problem, centre);
  const rivals = findRivals(search);
  const places = [
    { search, row: search.best },
    ...ends.map(({ row }) => ({ search, row })),
    ...(named ? [{ search: named, row: named.best }] : []),
    ...(problem.downstream ? [{ search, row: bestByScore(problem, search, centre) }] : []),
  ];
  const predicted = predictRows(
    problem,
    places,
    rivals.map(row => ({ search, row })),
  ); // 5. intervals
  const [choice, ...others] = predicted.shapes;
  const byScore = problem.downstream ? others.at(-1)! : null;
  checkScores(problem, byScore ? [choice, byScore] : []);
  const size = named ? others[ends.length] : null;
  const outcome = { search, choice, byScore, centre, forecasts: predicted.forecasts };
  return {
    choice,
    spread: spreadOf(search, rivals, { draws: predicted.rivalDraws, level: predicted.level }),
    alternatives: ends.map(({ why }, i) => ({ ...others[i], why, isWorse: others[i].behind.loss.lo > 0 })),
    band,
    downstream: byScore && compareStages(problem, choice, byScore),
    replaces:
      named && size && !sameShape(size.shape, choice.shape)
        ? replacedBy(problem, centre, { choice, planned: size, named })
        : null,
    sensitivities: findSensitivities(problem, { search, centre }), // 6. what each limit costs
    considered: shapes.rows,
    feasible: search.kept.reduce((sum, one) => sum + one, 0),
    forecasts: predicted.forecasts,
    warnings: warningsOf(problem, outcome), // 7. what to mind
    notes: notesOf(problem, outcome),
  };
}
