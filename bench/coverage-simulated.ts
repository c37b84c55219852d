import { type Columns, createRandom, type Random } from '../src/base/index.js';
import { bootstrapFit, type Fit, fitLaw, forecastFit, predictBootstrap } from '../src/fit/index.js';
import { findLaw, inputNames, type Law, predictLaw } from '../src/law/index.js';
import { loadRolloutSet, ROLLOUT_SETS } from './rollout-sets.js';

/** How often intervals of one quantity held the truth. */
export interface SimulatedCoverage {
  readonly design: string;
  readonly law: string;
  readonly interval: string;
  readonly quantity: string;
  readonly coverage: number;
  /** Median width: of the interval over the truth, in percent. */
  readonly width: number;
  readonly simulations: number;
}

export interface Effort {
  readonly simulations: number;
  readonly replicates: number;
}

const LEVEL = 0.9;

interface Design {
  readonly name: string;
  readonly law: Law;
  /** The truth: the optimum on the real rows. */
  readonly fit: Fit;
  readonly columns: Columns;
  readonly unit: readonly string[] | undefined;
  readonly target: Readonly<Record<string, number>>;
  readonly of: readonly string[];
  /** Logarithm of measured over true, by row. */
  readonly errors: (random: Random) => Float64Array;
}

/** Coverage where the law is true: Chinchilla's rows under two designs of error, Gemstones' with correlated checkpoints. */
export async function coverSimulated(effort: Effort): Promise<SimulatedCoverage[]> {
  const designs = [...(await chinchillaDesigns()), ...(await gemstonesDesigns())];
  return designs.flatMap(design => cover(design, effort));
}

async function chinchillaDesigns(): Promise<Design[]> {
  const { columns } = await loadRolloutSet(setOf('Chinchilla, figure 4'));
  const law = findLaw('chinchilla');
  const fit = fitLaw(columns, law);
  const measured = fit.residuals.map(value => -value);
  const common = { law, fit, columns, unit: undefined, target: optimum(fit, 10 * Math.max(...columns.C)) };
  const of = ['alpha', 'beta', 'E'];
  return [
    {
      ...common,
      of,
      name: 'Chinchilla, residuals exchanged between rows',
      errors: random => shuffled(measured, random),
    },
    {
      ...common,
      of,
      name: 'Chinchilla, residuals kept at their rows, signs drawn',
      errors: random => measured.map(value => (random.uniform() < 0.5 ? -value : value)),
    },
  ];
}

/** Standard deviations between and within runs, and the correlation of neighbouring checkpoints, as fitted to the rows. */
const GEMSTONES = [
  { law: 'chinchilla', between: 0.0137, within: 0.0068, lag: 0.91, of: ['alpha', 'beta', 'E'] },
  { law: 'wdt', between: 0.0057, within: 0.0069, lag: 0.87, of: ['alpha_width', 'alpha_depth', 'alpha_D', 'E'] },
];

/** What the Gemstones laws forecast: 20 tokens a parameter, 25 times the largest shape measured. */
const FAR_RUN = { N: 5e10, width: 8192, depth: 64, D: 1e12 };

async function gemstonesDesigns(): Promise<Design[]> {
  const { columns, unit = [] } = await loadRolloutSet(setOf('Gemstones, train loss'));
  return GEMSTONES.map(({ law: name, of, ...noise }) => {
    const law = findLaw(name);
    const target = Object.fromEntries(inputNames(law).map(input => [input, FAR_RUN[input as keyof typeof FAR_RUN]]));
    return {
      name: 'Gemstones, checkpoints of a run correlated',
      law,
      fit: fitLaw(columns, law),
      columns,
      unit,
      target,
      of,
      errors: random => runErrors(unit, noise, random),
    };
  });
}

const setOf = (name: string) => ROLLOUT_SETS.find(set => set.name === name) as (typeof ROLLOUT_SETS)[number];

function shuffled(values: Float64Array, random: Random): Float64Array {
  const out = values.slice();
  for (let i = out.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [out[i], out[j]] = [out[j], out[i]];
  }
  return out;
}

/** A shift for each run and an autoregression along its checkpoints; rows of a run stand in order. */
function runErrors(
  unit: readonly string[],
  { between, within, lag }: { between: number; within: number; lag: number },
  random: Random,
): Float64Array {
  const last = new Map<string, { shift: number; drift: number }>();
  return Float64Array.from(unit, run => {
    const before = last.get(run);
    const shift = before?.shift ?? between * random.normal();
    const fresh = within * random.normal();
    const drift = before === undefined ? fresh : lag * before.drift + Math.sqrt(1 - lag ** 2) * fresh;
    last.set(run, { shift, drift });
    return shift + drift;
  });
}

/** The compute-optimal run of the law at C = 6 N D. */
function optimum({ params: { A, B, alpha, beta } }: Fit, compute: number): { N: number; D: number } {
  const ratio = (alpha.value * A.value) / (beta.value * B.value);
  const N = ratio ** (1 / (alpha.value + beta.value)) * (compute / 6) ** (beta.value / (alpha.value + beta.value));
  return { N, D: compute / (6 * N) };
}

interface Held {
  readonly quantity: string;
  readonly interval: string;
  readonly truth: number;
  readonly lo: number;
  readonly hi: number;
}

function cover(design: Design, { simulations, replicates }: Effort): SimulatedCoverage[] {
  const { fit, law, columns, name } = design;
  const truth = Object.fromEntries(Object.entries(fit.params).map(([param, { value }]) => [param, value]));
  const exact = columns.loss.map((loss, row) => loss * Math.exp(fit.residuals[row]));
  const all = Array.from({ length: simulations }, (_, seed) => {
    const errors = design.errors(createRandom(seed));
    const loss = exact.map((value, row) => value * Math.exp(errors[row]));
    return simulateOnce(design, { columns: { ...columns, loss }, truth, seed, replicates });
  });
  console.error(`${name}, ${law.name}: ${simulations} simulations`);
  return all[0].map(({ quantity, interval }, k) => {
    const held = all.map(one => one[k]);
    const widths = held.map(({ lo, hi, truth: value }) => (100 * (hi - lo)) / value).sort((a, b) => a - b);
    return {
      design: name,
      law: law.name,
      interval,
      quantity,
      coverage: held.filter(({ lo, hi, truth: value }) => lo <= value && value <= hi).length / simulations,
      width: widths[widths.length >> 1],
      simulations,
    };
  });
}

function simulateOnce(
  { law, unit, target, of }: Design,
  one: { columns: Columns; truth: Record<string, number>; seed: number; replicates: number },
): Held[] {
  const { columns, truth, seed, replicates } = one;
  const options = { unit, replicates, seed, level: LEVEL, starts: 12 };
  const interval = unit === undefined ? 'bootstrap by row' : 'bootstrap by run';
  const bootstrap = bootstrapFit(columns, law, options);
  const exact = predictLaw(law, truth, target);
  const drawn = forecastFit(columns, law, [target], { ...options, noise: false }).forecasts[0];
  return [
    ...of.map(name => ({ quantity: name, interval, truth: truth[name], ...bounds(bootstrap.params[name]) })),
    { quantity: 'forecast', interval, truth: exact, ...bounds(predictBootstrap(bootstrap, target)) },
    { quantity: 'forecast', interval: 'forecastFit, E drawn', truth: exact, ...bounds(drawn) },
  ];
}

const bounds = ({ lo, hi }: { lo: number; hi: number }) => ({ lo, hi });
