import { inverse, Matrix } from 'ml-matrix';
import { type Columns, createRandom, type Random } from '../src/base/index.js';
import { type Fit, fitLaw } from '../src/fit/index.js';
import { findLaw, predictLaw } from '../src/law/index.js';
import { type CandidateRun, chooseNext, computeOptimum, gridRuns } from '../src/plan/index.js';
import type { Row } from './measure.js';

// Does choosing runs pay? A law that is known makes a pilot with scatter; each strategy buys more runs for at most the
// FLOPs of the pilot's largest; the law is fitted again and forecasts a run at 10 and 100 times the pilot's compute.

const LAW = findLaw('chinchilla');
const TRUTH = { E: 1.8172, A: 482.01, B: 2085.43, alpha: 0.3478, beta: 0.3658 }; // Besiroglu 2024
const NOISE = 0.004;
const SIMULATIONS = 120;
const HORIZONS = [10, 100];

type Strategy = (study: {
  pilot: Columns;
  target: CandidateRun;
  budget: number;
  random: Random;
}) => readonly CandidateRun[];

const run = (N: number, D: number): CandidateRun => ({ inputs: { N, D }, flops: 6 * N * D });

/** The split that the true law calls best: more than anyone could know. */
function optimal(flops: number): CandidateRun {
  const { N, D } = computeOptimum(TRUTH, flops);
  return run(N, D);
}

/** Runs that a lab would make: the pilot's sizes and up, 5 to 500 tokens a parameter, none dearer than the pilot's largest. */
const realistic = (pilot: Columns, budget: number, steps: number) =>
  gridRuns(pilot, { reach: 8, steps }).filter(({ inputs, flops }) => inputs.N >= 0.999 * pilot.N[0] && flops <= budget);

const pick = ({ pilot, target, budget }: Parameters<Strategy>[0], share: number, repeats = false) =>
  chooseNext(fitBelieved(pilot), pilot, target.inputs, realistic(pilot, budget, 20), {
    picks: 200,
    budget: budget * share,
    repeats,
  }).runs;

const STRATEGIES: Readonly<Record<string, Strategy>> = {
  'picked for a fifth of the FLOPs': study => pick(study, 0.2),
  'picked for 60 % of the FLOPs': study => pick(study, 0.6),
  'picked with repeats for 60 %': study => pick(study, 0.6, true),
  'a random run': ({ pilot, budget, random }) => {
    const sizes = realistic(pilot, budget, 40).filter(
      ({ inputs: { N } }) => budget / 6 / N / N >= 5 && budget / 6 / N / N <= 500,
    );
    const { N } = sizes[random.integer(sizes.length)].inputs;
    return [run(N, budget / 6 / N)];
  },
  'the compute-optimal run': ({ budget }) => [optimal(budget)],
};

/** Constants as the belief has them before any run: logarithms of E, A, B, then the exponents. */
const BELIEF = { centre: [Math.log(1.7), Math.log(400), Math.log(400), 0.35, 0.35], sd: [0.2, 3, 3, 0.15, 0.15] };

/**
 * The constants that runs and belief together make likeliest, by Gauss-Newton: fits of 16 runs alone would forecast
 * anything. As a Fit, so that the designer reads it.
 */
function fitBelieved(columns: Columns): Fit {
  const rows = columns.loss.length;
  const theta = Float64Array.from(BELIEF.centre);
  const scale = Math.max(NOISE, 1e-6);
  const valuesOf = (at: ArrayLike<number>) => [Math.exp(at[0]), Math.exp(at[1]), Math.exp(at[2]), at[3], at[4]];
  const residualsOf = (at: ArrayLike<number>) =>
    Array.from(
      columns.loss,
      (loss, row) => Math.log(LAW.evaluate(valuesOf(at), [columns.N[row], columns.D[row]]) / loss) / scale,
    );
  const badness = (at: ArrayLike<number>) =>
    residualsOf(at).reduce((sum, r) => sum + r * r, 0) +
    Array.from(at).reduce((sum, value, i) => sum + ((value - BELIEF.centre[i]) / BELIEF.sd[i]) ** 2, 0);
  let damping = 1e-3;
  for (let round = 0; round < 60; round++) {
    const values = valuesOf(theta);
    const residuals = residualsOf(theta);
    const slopes = residuals.map((_, row) => {
      const gradient = new Float64Array(5);
      const response = LAW.evaluate(values, [columns.N[row], columns.D[row]], gradient);
      return Array.from(gradient, (slope, i) => (slope * (i < 3 ? values[i] : 1)) / response / scale);
    });
    const side = BELIEF.sd.map(
      (sd, i) =>
        (theta[i] - BELIEF.centre[i]) / sd ** 2 +
        slopes.reduce((sum, slope, row) => sum + slope[i] * residuals[row], 0),
    );
    const matrix = BELIEF.sd.map((sd, i) =>
      BELIEF.sd.map(
        (_, j) =>
          slopes.reduce((sum, slope) => sum + slope[i] * slope[j], 0) * (i === j ? 1 + damping : 1) +
          (i === j ? (1 + damping) / sd ** 2 : 0),
      ),
    );
    const step = inverse(new Matrix(matrix)).mmul(Matrix.columnVector(side)).to1DArray();
    const next = theta.map((value, i) => value - step[i]);
    if (badness(next) < badness(theta)) {
      theta.set(next);
      damping /= 5;
    } else damping *= 5;
  }
  const [E, A, B, alpha, beta] = valuesOf(theta);
  const params = Object.fromEntries(
    Object.entries({ E, A, B, alpha, beta }).map(([name, value]) => [name, { value, se: 1, lo: value, hi: value }]),
  );
  const template = TEMPLATE.get(rows) ?? fitLaw(columns, LAW, { rho: 'squared', starts: 2 });
  TEMPLATE.set(rows, template);
  return {
    ...template,
    params,
    rows,
    metrics: { ...template.metrics, rmse: NOISE * Math.sqrt((rows - template.free) / rows) },
  };
}

/** Everything of a fit but its constants: made once for each number of rows. */
const TEMPLATE = new Map<number, Fit>();

const forecast = (columns: Columns, { inputs }: CandidateRun) => {
  const { params } = fitBelieved(columns);
  const constants = Object.fromEntries(Object.entries(params).map(([name, { value }]) => [name, value]));
  return predictLaw(LAW, constants, inputs);
};

function measure(runs: readonly CandidateRun[], random: Random): Columns {
  const loss = runs.map(({ inputs }) => predictLaw(LAW, TRUTH, inputs) * Math.exp(NOISE * random.normal()));
  const column = (name: string) => Float64Array.from(runs, ({ inputs }) => inputs[name]);
  return { N: column('N'), D: column('D'), loss: Float64Array.from(loss) };
}

const join = (a: Columns, b: Columns): Columns =>
  Object.fromEntries(Object.keys(a).map(name => [name, Float64Array.of(...a[name], ...b[name])]));

/** Share of the squared forecast error that each strategy takes away, per FLOP of the budget, over that of a random run. */
export async function benchmarks(): Promise<Row[]> {
  const pilotRuns = [50e6, 100e6, 200e6, 400e6].flatMap(N => [1e9, 2e9, 4e9, 8e9].map(D => run(N, D)));
  const budget = Math.max(...pilotRuns.map(({ flops }) => flops));
  return HORIZONS.flatMap(horizon => {
    const target = optimal(horizon * budget);
    const truth = predictLaw(LAW, TRUTH, target.inputs);
    const names = Object.keys(STRATEGIES);
    const errors = new Map(['pilot', ...names].map(name => [name, 0]));
    const spent = new Map(names.map(name => [name, 0]));
    for (let seed = 0; seed < SIMULATIONS; seed++) {
      const random = createRandom(seed);
      const pilot = measure(pilotRuns, random);
      const add = (name: string, columns: Columns) =>
        errors.set(name, errors.get(name)! + Math.log(forecast(columns, target) / truth) ** 2 / SIMULATIONS);
      add('pilot', pilot);
      for (const name of names) {
        const more = STRATEGIES[name]({ pilot, target, budget, random });
        spent.set(name, spent.get(name)! + more.reduce((sum, { flops }) => sum + flops, 0) / budget / SIMULATIONS);
        add(name, join(pilot, measure(more, random)));
      }
    }
    const cut = (name: string) => 1 - errors.get(name)! / errors.get('pilot')!;
    const perFlop = (name: string) => cut(name) / spent.get(name)!;
    return names.map((name): Row => {
      const [ours, peer] = [perFlop(name), perFlop('a random run')];
      const label = `${name}, target ${horizon} times: squared error cut by ${(100 * cut(name)).toFixed(0)} % for ${(100 * spent.get(name)!).toFixed(0)} % of the FLOPs`;
      return { name: label, ours, peer, unit: 'share per budget', ratio: ours / peer };
    });
  });
}
