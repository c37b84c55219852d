import { type Columns, fail, mustBe } from '../../base/index.js';
import type { Fit } from '../../fit/index.js';
import { parseInputs } from '../../law/index.js';
import {
  type Knowledge,
  knowledgeOf,
  learn,
  noiseOf,
  orderInputs,
  slopeAt,
  spreadOf,
  varianceOf,
} from './information.js';

/** A run that could be bought. */
export interface CandidateRun {
  readonly inputs: Readonly<Record<string, number>>;
  /** What it costs. */
  readonly flops: number;
}

/** A choice that the fit is to decide: x says how the target is spent, e.g. ln N at a given budget. */
export interface Decision {
  /** Law inputs at x. */
  readonly inputs: (x: number) => Readonly<Record<string, number>>;
  readonly from: number;
  readonly to: number;
}

export interface NextOptions {
  /** Runs to pick; default 5. */
  readonly picks?: number;
  /** FLOPs to spend on them; default no limit. */
  readonly budget?: number;
  /** 'variance' (default): of the forecast at the target. 'regret': loss given away by deciding with what is known. */
  readonly aim?: 'variance' | 'regret';
  /** Needed for 'regret'. */
  readonly decision?: Decision;
  /** Count a gain per FLOP (default), or by itself. */
  readonly perFlop?: boolean;
  /** Whether a candidate may be picked again (default false): cheap repeats lessen noise, and test the law nowhere new. */
  readonly repeats?: boolean;
}

export interface NextRun extends CandidateRun {
  /** Standard deviation of the forecast at the target after this run and those before it; of logarithms where residuals are. */
  readonly sdAfter: number;
  /** Share of the variance (or regret) before that this run takes away. */
  readonly reduction: number;
  /** That share per 1e18 FLOPs. */
  readonly reductionPerExaflop: number;
  /** Expected loss given away after it, nats; null without a decision. */
  readonly regretAfter: number | null;
  /** Outside what was measured: the law is trusted where it was never tested. */
  readonly outside: boolean;
}

export interface NextRuns {
  readonly sdBefore: number;
  readonly regretBefore: number | null;
  readonly runs: readonly NextRun[];
  /** What the same FLOPs buy when spent on one run like the target, cut down in size: the plain choice. */
  readonly flops: number;
}

/**
 * Which runs to buy next, one after another, each the one that takes most variance off the target's forecast per FLOP
 * given those before it; so a batch spreads out by itself. By the delta method at the fitted constants.
 *
 * @param target inputs whose forecast matters
 */
export function chooseNext(
  fit: Fit,
  columns: Columns,
  target: Readonly<Record<string, number>>,
  candidates: readonly CandidateRun[],
  options: NextOptions = {},
): NextRuns {
  const { picks, budget, aim, decision, perFlop, repeats } = parseOptions(options);
  if (candidates.length === 0) fail('next needs at least one candidate run, got none');
  for (const { inputs, flops } of candidates) {
    parseInputs(fit.law, inputs);
    if (!(flops > 0 && flops < Infinity)) fail(mustBe('flops of a candidate', 'a positive number', flops));
  }
  const noise = noiseOf(fit);
  const aimAt = slopeAt(fit, parseInputs(fit.law, target));
  const turn = decision ? decisionSlope(fit, decision) : null;
  const goal = aim === 'regret' ? turn!.slope : aimAt;
  const slopes = candidates.map(({ inputs }) => slopeAt(fit, orderInputs(fit.law, inputs)));
  const isOutside = outsideOf(fit, columns);
  let knowledge = knowledgeOf(fit, columns);
  const regretOf = (known: Knowledge) => (turn ? 0.5 * turn.curvature * varianceOf(known, turn.slope) : null);
  const before = {
    sd: Math.sqrt(varianceOf(knowledge, aimAt)),
    regret: regretOf(knowledge),
    goal: varianceOf(knowledge, goal),
  };
  const runs: NextRun[] = [];
  const picked = new Set<number>();
  let spent = 0;
  while (runs.length < picks) {
    const spread = spreadOf(knowledge, goal);
    const gains = candidates.map(({ flops }, i) => {
      if (spent + flops > budget || (!repeats && picked.has(i))) return -1;
      const [cross, own] = [dot(slopes[i], spread), varianceOf(knowledge, slopes[i])];
      return cross ** 2 / (noise ** 2 + own) / (perFlop ? flops : 1);
    });
    const best = gains.reduce((top, gain, i) => (gain > gains[top] ? i : top), 0);
    if (!(gains[best] > 0)) break;
    const after = learn(knowledge, slopes[best], noise);
    const candidate = candidates[best];
    picked.add(best);
    const reduction = (varianceOf(knowledge, goal) - varianceOf(after, goal)) / before.goal;
    runs.push({
      ...candidate,
      sdAfter: Math.sqrt(varianceOf(after, aimAt)),
      reduction,
      reductionPerExaflop: (reduction / candidate.flops) * 1e18,
      regretAfter: regretOf(after),
      outside: isOutside(candidate),
    });
    knowledge = after;
    spent += candidate.flops;
  }
  return { sdBefore: before.sd, regretBefore: before.regret, runs, flops: spent };
}

function parseOptions({
  picks = 5,
  budget = Infinity,
  aim = 'variance',
  decision,
  perFlop = true,
  repeats = false,
}: NextOptions) {
  if (!(Number.isInteger(picks) && picks >= 1 && picks <= 1000))
    fail(mustBe('picks', 'a whole number in [1, 1000]', picks));
  if (!(budget > 0)) fail(mustBe('budget', 'a positive number of FLOPs', budget));
  if (aim === 'regret' && !decision) fail('next by regret needs a decision, got none');
  return { picks, budget, aim, decision, perFlop, repeats };
}

const dot = (a: Float64Array, b: Float64Array) => a.reduce((total, value, i) => total + value * b[i], 0);

function outsideOf({ law }: Fit, columns: Columns): (run: CandidateRun) => boolean {
  const ranges = law.inputs.map(({ name }) => {
    const column = columns[name];
    return { name, low: Math.min(...column), high: Math.max(...column) };
  });
  const slack = 1 + 1e-9;
  return ({ inputs }) =>
    ranges.some(({ name, low, high }) => inputs[name] * slack < low || inputs[name] > high * slack);
}

/**
 * How the best x moves with the constants, and how fast loss rises beside it: d x / d constants = -(d2 L / dx d constants) /
 * (d2 L / dx2), by differences at the best x of the fit.
 */
function decisionSlope(fit: Fit, { inputs, from, to }: Decision): { slope: Float64Array; curvature: number } {
  const values = fit.law.params.map(({ name }) => fit.params[name].value);
  const lossAt = (x: number) => fit.law.evaluate(values, orderInputs(fit.law, inputs(x)));
  let [low, high] = [from, to];
  for (let i = 0; i < 200; i++) {
    const third = (high - low) / 3;
    if (lossAt(low + third) < lossAt(high - third)) high -= third;
    else low += third;
  }
  const best = (low + high) / 2;
  const h = 1e-3 * (to - from);
  if (best - h < from || best + h > to) fail('the decision must have its best within its range, got it at an end');
  const curvature = (lossAt(best + h) - 2 * lossAt(best) + lossAt(best - h)) / h ** 2;
  const rise = (x: number) => {
    const at = orderInputs(fit.law, inputs(x));
    const slope = slopeAt({ ...fit, residual: 'linear' }, at);
    return slope;
  };
  const [after, before] = [rise(best + h), rise(best - h)];
  return { slope: after.map((value, i) => -(value - before[i]) / (2 * h) / curvature), curvature };
}
