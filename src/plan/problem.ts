import { type Columns, checkSeed, fail, mustBe, outsideRange } from '../base/index.js';
import {
  checkWorkload,
  countDevices,
  type DeviceMemoryOptions,
  type Layout,
  PAPER_RECIPE,
  parseLayout,
  type Workload,
} from '../cost/index.js';
import { type FitOptions, fitLaw, forecastFit, type PriorOption } from '../fit/index.js';
import { type Law, paramNames } from '../law/index.js';
import { type Budget, checkMachine, type Machine, parseBudget } from './budget.js';
import { FLOP_COUNTS, type FlopCount } from './candidates.js';
import { type Constraints, type Inference, parseConstraints, parseInference } from './constraints.js';
import {
  checkLawInputs,
  type InputOptions,
  PARAM_COUNTS,
  type ParamCount,
  type Quantity,
  readsLength,
  readsShape,
} from './inputs.js';
import { defaultSpace, type ShapeSpace } from './space.js';

/** Runs and the law that is fitted to them. */
export interface PlanStage {
  readonly columns: Columns;
  readonly law: Law;
  readonly options?: FitOptions;
  /** Drawn in forecasts beside the rows; see forecastFit. Of the loss only. */
  readonly prior?: PriorOption;
  /** Inputs of the law that a plan does not know by name. */
  readonly derived?: Readonly<Record<string, Quantity>>;
}

export interface PlanOptions extends DeviceMemoryOptions {
  /** Loss, to be made small. */
  readonly stage: PlanStage;
  /** Score that follows the loss: its law reads the loss first, other inputs are known numbers of the shape. */
  readonly downstream?: PlanStage;
  readonly budget: Budget;
  readonly constraints?: Constraints;
  readonly machine?: Machine;
  readonly inference?: Inference;
  /** Default: defaultSpace of the laws. */
  readonly space?: ShapeSpace;
  /** One training step; default 128 sequences of 512 and 114 tokens, the paper's. */
  readonly workload?: Workload;
  /** Which parameters the runs' N counts; default all. */
  readonly count?: ParamCount;
  /** How FLOPs are counted; default exact. */
  readonly flopCount?: FlopCount;
  /**
   * How many times beyond the measured inputs a plan may lie, 1 and up; default 1: not beyond them. Forecasts have been
   * held against real runs up to TESTED_REACH times beyond what they were fitted to.
   */
  readonly reach?: number;
  /** Draws of the forecasts, 20 and up; default 400. */
  readonly replicates?: number;
  /** Coverage of intervals, in (0, 1); default 0.9. */
  readonly level?: number;
  readonly seed?: number;
}

/** Times beyond the measured compute up to which forecasts were held against real runs (`bench coverage`). */
export const TESTED_REACH = 30;

/** Every option present and in range. */
export interface Problem {
  readonly stage: PlanStage;
  readonly downstream: PlanStage | null;
  readonly budget: Budget;
  readonly constraints: Constraints;
  readonly machine: Machine | undefined;
  readonly inference: Inference | undefined;
  readonly space: ShapeSpace;
  readonly workload: Workload;
  /** What the laws read. */
  readonly inputs: InputOptions;
  readonly flopCount: FlopCount;
  readonly reach: number;
  readonly memory: DeviceMemoryOptions;
  readonly replicates: number;
  readonly level: number;
  readonly seed: number;
}

export function parseProblem(options: PlanOptions): Problem {
  const { stage, downstream = null, budget, constraints = {}, machine, inference } = options;
  const laws = downstream ? [stage.law, downstream.law] : [stage.law];
  const { space = defaultSpace(laws.flatMap(law => law.inputs.map(({ name }) => name))) } = options;
  const { workload = PAPER_RECIPE, count = 'total', flopCount = 'exact', reach = 1 } = options;
  const { precision, optimizer, attention, dropout, layout, recompute } = options;
  const { replicates = 400, level = 0.9, seed = 0 } = options;
  if (machine) checkMachine(machine);
  parseBudget(budget, machine);
  parseConstraints(constraints, machine !== undefined);
  if (inference) parseInference(inference);
  if (!PARAM_COUNTS.includes(count)) fail(mustBe('count', PARAM_COUNTS.join(' or '), count));
  if (!FLOP_COUNTS.includes(flopCount)) fail(mustBe('flopCount', FLOP_COUNTS.join(' or '), flopCount));
  if (!(reach >= 1)) fail(mustBe('reach', '1 or more', reach));
  if (!(level > 0 && level < 1)) fail(outsideRange('level', '(0, 1)', level));
  const { uniqueTokens } = constraints;
  const inputs = { count, uniqueTokens, derived: { ...stage.derived, ...downstream?.derived } };
  checkStages({ stage, downstream, inputs, constraints });
  return {
    stage,
    downstream,
    budget,
    constraints,
    machine,
    inference,
    space,
    workload: checkWorkload({ batch: workload.batch, encLen: workload.encLen, decLen: workload.decLen }),
    inputs,
    flopCount,
    reach,
    memory: { precision, optimizer, attention, dropout, layout: arrange(layout, machine), recompute },
    replicates,
    level,
    seed: checkSeed(seed),
  };
}

/** The layout, by default a copy of the model on every device; it takes up all of them. */
function arrange(layout: Partial<Layout> | undefined, machine: Machine | undefined): Layout {
  if (machine === undefined) return parseLayout(layout);
  const arranged = parseLayout(layout ?? { data: machine.devices });
  const taken = countDevices(arranged);
  return taken === machine.devices ? arranged : fail(mustBe('devices', `the ${taken} of the layout`, machine.devices));
}

type Stages = Pick<Problem, 'stage' | 'downstream' | 'inputs' | 'constraints'>;

function checkStages({ stage: { law }, downstream, inputs, constraints }: Stages): void {
  checkLawInputs(law, inputs);
  if (!readsShape(law)) fail(`${law.name} must read something of a shape, such as N, got compute alone`);
  if (!readsLength(law) && constraints.tokens === undefined)
    fail(`${law.name} says nothing of the length of training: a plan by it needs the tokens of its runs, got none`);
  if (downstream === null) return;
  if (downstream.law.inputs.length === 0)
    fail(`${downstream.law.name} must read the loss as its first input, got none`);
  checkLawInputs(downstream.law, inputs, 1);
}

/** Parameters of the laws, in their order. */
export interface Centre {
  readonly loss: readonly number[];
  readonly score: readonly number[] | null;
}

/** The laws as forecasts have them: the asymptote of the loss at the median of its prior, the rest fitted. */
export function fitCentre({ stage, downstream, seed }: Problem): Centre {
  const { columns, law, options, prior } = stage;
  const upstream = forecastFit(columns, law, [], { ...options, prior, replicates: 20, seed }).fit;
  const second = downstream ? fitLaw(downstream.columns, downstream.law, downstream.options) : null;
  return {
    loss: paramNames(law).map(name => upstream.params[name].value),
    score: second && paramNames(downstream!.law).map(name => second.params[name].value),
  };
}
