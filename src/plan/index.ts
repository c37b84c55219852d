export { type Band, EQUAL_LOSS } from './band.js';
export { type Budget, type Machine, priceOf } from './budget.js';
export {
  type CostOptions,
  costCandidates,
  FLOP_COUNTS,
  type FlopCount,
  type ShapeCosts,
  type Spending,
  spendBudget,
} from './candidates.js';
export type { Constraints, Inference } from './constraints.js';
export { decodeFlops } from './decode.js';
export type { Downstream } from './downstream.js';
export {
  type CostedShapes,
  evaluateShapes,
  type InputOptions,
  inputColumns,
  inputsAt,
  KNOWN_INPUTS,
  lawInputs,
  PARAM_COUNTS,
  type ParamCount,
  type Quantity,
} from './inputs.js';
export {
  type CandidateRun,
  chooseNext,
  type Decision,
  type GridOptions,
  gridRuns,
  type NextOptions,
  type NextRun,
  type NextRuns,
} from './next/index.js';
export { type ComputeOptimum, computeOptimum, type SplitConstants } from './optimum.js';
export { parseList, parseSpace, SPACES } from './parse-space.js';
export { type BudgetPoint, budgetCurve, type GridCell, shapeGrid } from './pictures.js';
export type { PlannedShape } from './predict.js';
export {
  type Centre,
  fitCentre,
  type PlanOptions,
  type PlanStage,
  type Problem,
  parseProblem,
  TESTED_REACH,
} from './problem.js';
export type { Replaced } from './replaces.js';
export { costProblem, type Search, searchShapes } from './search.js';
export { findSensitivities, type Sensitivity } from './sensitivities.js';
export { type Alternative, type Plan, solvePlan } from './solve.js';
export {
  defaultSpace,
  enumerateShapes,
  range,
  type ShapeSpace,
  shapeAt,
  shapeColumns,
  T5_SPACE,
  WIDE_SPACE,
} from './space.js';
export type { Spread } from './spread.js';
export { sustainedRate, USUAL_MFU } from './step-seconds.js';
