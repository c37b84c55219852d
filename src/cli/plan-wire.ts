import type { Price } from '../cost/index.js';
import type { Prediction } from '../fit/index.js';
import type { Plan, PlannedShape, PlanOptions } from '../plan/index.js';
import type { LoadedStage } from './plan-stage.js';

/** A plan with what it was asked. */
export interface PlanAnswer {
  readonly plan: Plan;
  readonly options: PlanOptions;
  readonly upstream: LoadedStage;
  readonly downstream: LoadedStage | null;
  /** Said first among the notes. */
  readonly remarks: readonly string[];
}

/** A plan as one JSON document. */
export function planWire({ plan, options, upstream, downstream, remarks }: PlanAnswer) {
  const names = namesOf(options);
  const planned = (shape: PlannedShape) => shapeWire(shape, names, options.machine?.devices);
  const { choice, alternatives, replaces, forecasts } = plan;
  return {
    budget: snakeKeys(options.budget),
    constraints: snakeKeys(options.constraints ?? {}),
    ...(options.inference && { inference: snakeKeys(options.inference) }),
    ...(options.machine && { machine: machineWire(options) }),
    choice: planned(choice),
    spread: plan.spread,
    alternatives: alternatives.map(shape => ({
      ...planned(shape),
      why: shape.why,
      behind: behindWire(shape, names),
      is_worse: shape.isWorse,
    })),
    band: plan.band,
    ...(plan.downstream && {
      downstream: {
        response: plan.downstream.response,
        agreement: plan.downstream.agreement,
        text: plan.downstream.text,
        choice: { ...planned(plan.downstream.choice), behind: behindWire(plan.downstream.choice, names) },
      },
    }),
    ...(replaces && {
      replaces: {
        ...planned(replaces.planned),
        behind: behindWire(replaces.planned, names),
        budget_share: replaces.budgetShare,
        params_share: replaces.paramsShare,
        memory_share: replaces.memoryShare,
      },
    }),
    sensitivities: plan.sensitivities,
    considered: plan.considered,
    feasible: plan.feasible,
    law: options.stage.law.name,
    prior: forecasts.prior,
    level: forecasts.level,
    replicates: forecasts.replicates,
    unit: forecasts.unit,
    seed: options.seed,
    warnings: plan.warnings,
    notes: [...remarks, ...plan.notes],
    data: dataWire(upstream),
    ...(downstream && { downstream_data: dataWire(downstream) }),
  };
}

type Names = readonly [loss: string, score: string | null];

const namesOf = ({ stage, downstream }: PlanOptions): Names => [
  stage.law.response.name,
  downstream ? downstream.law.response.name : null,
];

const dataWire = ({ table }: LoadedStage) => ({ ...table.source, rows: table.rows });

function machineWire({ machine, layout, precision }: PlanOptions) {
  const { device, devices, timed, mfu, usdPerHour, grid } = machine!;
  return {
    device: device.name,
    count: devices,
    layout: snakeKeys(layout ?? {}),
    precision,
    ...(timed && { calibration: timed.name }),
    ...(mfu !== undefined && { mfu }),
    usd_per_hour: usdPerHour ?? device.usdPerHour ?? null,
    grid: grid ?? 'world',
  };
}

function shapeWire(planned: PlannedShape, names: Names, devices: number | undefined) {
  return {
    shape: planned.shape,
    name: planned.name,
    params: planned.params,
    non_embedding_params: planned.nonEmbeddingParams,
    tokens: planned.tokens,
    steps: planned.steps,
    flops: planned.flops,
    total_flops: planned.totalFlops,
    memory: { device_bytes: planned.deviceBytes, largest_batch: planned.largestBatch },
    seconds_per_step: planned.secondsPerStep,
    cost: planned.cost && costWire(planned.cost, devices!),
    predicted: byName(names, planned.loss, planned.score),
    beyond: { ...planned.beyond, ...planned.beyondDownstream },
  };
}

const behindWire = ({ behind }: PlannedShape, names: Names) => byName(names, behind.loss, behind.score);

const byName = ([first, second]: Names, loss: Prediction, score: Prediction | null) => ({
  [first]: loss,
  ...(second !== null && { [second]: score }),
});

function costWire({ training, inference }: NonNullable<PlannedShape['cost']>, devices: number) {
  return {
    ...priceWire(training),
    days: training.deviceHours / devices / 24,
    ...(inference && { inference: priceWire(inference) }),
  };
}

const priceWire = ({ deviceHours, usd, energy, carbon }: Price) => ({
  device_hours: deviceHours,
  usd,
  kwh: energy.total,
  kg_co2e: carbon,
});

/** Keys as they are on the wire: memoryBytes becomes memory_bytes. */
const snakeKeys = (value: object) =>
  Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [
      key.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`),
      entry as number,
    ]),
  );
