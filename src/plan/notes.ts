import { format } from '../base/index.js';
import { ratesOf } from '../cost/index.js';
import { readsLength, readsProportions } from './inputs.js';
import { computeOptimum } from './optimum.js';
import type { PlannedShape, Predicted } from './predict.js';
import { type Centre, type Problem, TESTED_REACH } from './problem.js';
import { beyondInWords, farInWords } from './reach.js';
import type { Search } from './search.js';
import { USUAL_MFU } from './step-seconds.js';

interface Outcome {
  readonly search: Search;
  readonly choice: PlannedShape;
  /** Null without a downstream law. */
  readonly byScore: PlannedShape | null;
  readonly forecasts: Predicted['forecasts'];
  readonly centre: Centre;
}

/** Where the plan goes beyond what was measured. */
export function warningsOf(problem: Problem, { search, choice, byScore }: Outcome): string[] {
  const { stage, downstream, reach } = problem;
  const far = farInWords(stage.law, choice.beyond);
  const isTested = Object.values(choice.beyond).every(times => times <= TESTED_REACH);
  const tested = isTested ? '' : `; forecasts were tested up to ${TESTED_REACH} times beyond`;
  return [
    ...(far ? [`extrapolated: the plan lies beyond the measured runs, ${far}${tested}`] : []),
    ...(search.beyond >= 0
      ? [
          `a smaller loss is predicted further than ${reach} times beyond the runs (${beyondInWords(problem, { ...search.costs, ...search.spending }, search.beyond)}): the law is not trusted there`,
        ]
      : []),
    ...(downstream ? scoresBeyond(problem, byScore ? [choice, byScore] : [choice]) : []),
    ...(overMemory(problem, choice) ? [overMemory(problem, choice)!] : []),
  ];
}

function scoresBeyond({ downstream }: Problem, shapes: readonly PlannedShape[]): string[] {
  const far = new Set(shapes.map(shape => `${shape.name}, ${farInWords(downstream!.law, shape.beyondDownstream)}`));
  return [...far]
    .filter(words => !words.endsWith(', '))
    .map(words => `extrapolated: the score lies beyond the downstream runs for ${words}`);
}

function overMemory({ constraints, machine }: Problem, { deviceBytes }: PlannedShape): string | null {
  if (constraints.memoryBytes !== undefined || machine === undefined) return null;
  const { name, memoryBytes } = machine.device;
  if (deviceBytes <= memoryBytes) return null;
  return `the choice needs ${format.si(deviceBytes, 'B')} a device, and ${name} has ${format.si(memoryBytes, 'B')}: split it over devices, or limit the memory`;
}

/** What a reader should know of the answer. */
export function notesOf(problem: Problem, { choice, forecasts, centre }: Outcome): string[] {
  const { stage, constraints } = problem;
  const { law } = stage;
  const { uniqueTokens = Infinity, epochs = 1 } = constraints;
  const stepTokens = problem.workload.batch * problem.workload.encLen;
  const isTextSpent = readsLength(law) && choice.tokens > uniqueTokens * epochs - stepTokens;
  const isRepeated = choice.tokens > uniqueTokens && !law.inputs.some(({ name }) => name === 'U');
  return [
    ...(forecasts.note === null ? [] : [forecasts.note]),
    ...proportionNotes(problem, choice),
    ...(isTextSpent
      ? [`the text ends before the budget: ${choice.totalFlops.toExponential(2).replace('e+', 'e')} FLOPs are used`]
      : []),
    ...(isRepeated
      ? [
          `${law.name} counts a repeated token like a new one: near true up to 4 epochs (Muennighoff 2023), false far beyond`,
        ]
      : []),
    ...timeNotes(problem),
    ...edgesOf(problem, choice),
    ...recalledFigures(problem),
    ...closedForm(problem, centre),
  ];
}

/** A law of the size alone leaves the rest to what is cheap. */
function proportionNotes({ stage: { law } }: Problem, { shape }: PlannedShape): string[] {
  if (readsProportions(law)) return [];
  const { num_layers, num_decoder_layers } = shape;
  const ratio = num_decoder_layers / num_layers;
  const lopsided =
    ratio > 2 || ratio < 1 / 2
      ? `; ${num_layers} + ${num_decoder_layers} layers are merely cheap for their size: keep the stacks alike, or take a law that knows them`
      : '';
  return [`${law.name} knows size and tokens, not proportions: shapes of one size and cost are alike to it${lopsided}`];
}

/** How far the times may be trusted. */
function timeNotes({ machine, inference, memory }: Problem): string[] {
  if (machine === undefined) return [];
  const { device, timed, mfu, secondsPerStep } = machine;
  const share = format.percent(mfu ?? USUAL_MFU, 0);
  const spread = ratesOf(timed ?? device, memory.precision ?? 'fp32').spread;
  const steps =
    mfu !== undefined
      ? `time is FLOPs over ${share} of the peak: a guess, off by 30 % in the median on measured steps`
      : `step times are a roofline of ${(timed ?? device).name}: nine in ten measured steps lie within a factor ${spread} of it`;
  return [
    ...(secondsPerStep === undefined ? [steps] : []),
    ...(timed ? ['a calibration holds for steps like those that it measured; larger ones are extrapolated'] : []),
    ...(inference ? [`generation is timed at ${share} of the peak, which small batches do not reach`] : []),
  ];
}

/** Where the choice is as large as the space of shapes allows: a larger space may hold a better one. */
function edgesOf({ space, stage }: Problem, { shape }: PlannedShape): string[] {
  const { num_layers, num_decoder_layers, d_model, aspect = [0, Infinity] } = space;
  const ratio = shape.d_model / shape.num_layers;
  const edges = [
    ...(shape.num_layers === Math.max(...num_layers) ? ['encoder layers'] : []),
    ...(num_decoder_layers !== 'equal' && shape.num_decoder_layers === Math.max(...num_decoder_layers)
      ? ['decoder layers']
      : []),
    ...(shape.d_model === Math.max(...d_model) ? ['width'] : []),
    ...(ratio > aspect[1] / 1.02 || ratio < aspect[0] * 1.02 ? ['d_model over encoder layers'] : []),
  ];
  if (edges.length === 0) return [];
  const trust = readsProportions(stage.law) ? '' : ', but only a law of proportions could tell';
  return [
    `the choice lies at the edge of the space in ${edges.join(' and ')}: a wider space may hold a better one${trust}`,
  ];
}

/** Figures of the device that nobody looked up and that decide a number here. */
function recalledFigures({ machine }: Problem): string[] {
  if (machine === undefined) return [];
  const { device, usdPerHour, secondsPerStep, timed } = machine;
  const used = [
    ...(secondsPerStep === undefined && timed === undefined ? (['peak'] as const) : []),
    ...(usdPerHour === undefined ? (['usdPerHour'] as const) : []),
    'watts' as const,
  ];
  const words = { peak: 'peak rate', usdPerHour: 'price', watts: 'power' };
  const recalled = used.filter(figure => device.origins[figure]?.status === 'recalled');
  return recalled.map(figure => {
    const { source, date } = device.origins[figure]!;
    return `${words[figure]} of ${device.name} is recalled, not looked up (${source}, ${date})`;
  });
}

/** Where 6 N D is counted and nothing but the budget binds, the law's own optimum stands in closed form. */
function closedForm({ stage, flopCount, budget }: Problem, { loss }: Centre): string[] {
  if (stage.law.name !== 'chinchilla' || flopCount !== '6ND' || !('flops' in budget)) return [];
  const [, A, B, alpha, beta] = loss;
  const { N, D } = computeOptimum({ A, B, alpha, beta }, budget.flops);
  return [`without whole shapes and limits the law's optimum is N ${format.count(N)}, D ${format.si(D)}`];
}
