import { fail } from '../../base/index.js';
import { solvePlan } from '../../plan/index.js';
import type { FitTexts } from '../fit-options.js';
import { type PlanTexts, parsePlanOptions, parseSpaceTexts } from '../plan-options.js';
import { type LoadedStage, loadStage, recalledRemarks } from '../plan-stage.js';
import { planText } from '../plan-text.js';
import { planWire } from '../plan-wire.js';
import { print, printJson } from '../table.js';

export interface PlanCommandOptions extends PlanTexts, FitTexts {
  readonly prior?: string;
  readonly json?: true;
  readonly downstream?: string;
  readonly downstreamLaw?: string;
  readonly downstreamFormula?: string;
  readonly downstreamMap?: readonly string[];
  readonly downstreamDerive?: readonly string[];
  readonly downstreamWhere?: readonly string[];
  readonly downstreamUnit?: string;
}

export async function runPlan(runs: string | undefined, options: PlanCommandOptions): Promise<void> {
  const plain = await parsePlanOptions(options); // before files are read, which takes longer
  checkDownstream(options);
  const upstream = runs === undefined ? await loadExample(options) : await loadStage(runs, options);
  const downstream = await loadDownstream(options);
  const laws = [upstream, ...(downstream ? [downstream] : [])].map(({ stage }) => stage.law);
  const read = laws.flatMap(law => law.inputs.map(({ name }) => name));
  const asked = {
    ...plain,
    space: await parseSpaceTexts(options, read),
    stage: upstream.stage,
    ...(downstream && { downstream: downstream.stage }),
  };
  const plan = solvePlan(asked);
  const remarks = [
    ...(runs === undefined ? [EXAMPLE_REMARK] : []),
    ...new Set([upstream, ...(downstream ? [downstream] : [])].flatMap(recalledRemarks)),
  ];
  const answer = { plan, options: asked, upstream, downstream, remarks };
  if (options.json) printJson(planWire(answer));
  else print(planText(answer));
}

/** The points that the README fits. */
const EXAMPLE = {
  runs: 'hoffmann-2022-fig4',
  law: 'chinchilla',
  map: ['N=params'],
  derive: ['D=training_flops/(6*params)'],
  where: ['loss < 3.44'],
};

const EXAMPLE_REMARK =
  "no RUNS given: the law is fitted to Chinchilla's points (hoffmann-2022-fig4), decoder-only models on MassiveText; a T5's loss is on another scale, so fit to runs of your own before you decide";

function loadExample(options: PlanCommandOptions): Promise<LoadedStage> {
  const { law, formula, map, derive, where } = options;
  for (const [name, value] of Object.entries({ law, formula, map, derive, where }))
    if (value !== undefined) fail(`--${name} must go with RUNS, got none`);
  const { runs, ...example } = EXAMPLE;
  return loadStage(runs, { ...options, ...example });
}

/** Options of the downstream runs, under the names that those of RUNS have. */
function downstreamTexts({ level, seed, ...options }: PlanCommandOptions): FitTexts {
  const { downstreamLaw: law, downstreamFormula: formula, downstreamMap: map } = options;
  const { downstreamDerive: derive, downstreamWhere: where, downstreamUnit: unit } = options;
  const residual = formula === undefined ? undefined : 'linear'; // a score may be 0
  return { law, formula, map, derive, where, unit, residual, level, seed };
}

function checkDownstream(options: PlanCommandOptions): void {
  const { level: _, seed: __, ...texts } = downstreamTexts(options);
  for (const [name, value] of Object.entries(texts))
    if (options.downstream === undefined && value !== undefined)
      fail(`--downstream-${name} must go with --downstream RUNS, got none`);
}

const loadDownstream = async (options: PlanCommandOptions): Promise<LoadedStage | null> =>
  options.downstream === undefined ? null : loadStage(options.downstream, downstreamTexts(options), { isScore: true });
