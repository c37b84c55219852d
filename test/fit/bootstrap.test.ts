import test from 'ava';
import { percentileInterval } from '../../src/fit/bootstrap.js';
import { bootstrapFit, predictBootstrap } from '../../src/fit/index.js';
import { findLaw } from '../../src/law/index.js';
import { chinchillaPoints } from './chinchilla-points.js';
import { simulate } from './simulate.js';

const power = findLaw('power');
const truth = { E: 1.5, A: 300, alpha: 0.15 };
const inputs = { x: Float64Array.from({ length: 30 }, (_, i) => 1e17 * 1.6 ** i) };

test('percentileInterval(values, level) uses quantiles of type 7, as numpy does', t => {
  // numpy.quantile([1, 2, 4, 8, 16], [0.1, 0.9]) = [1.4, 12.8]
  const [lo, hi] = percentileInterval([16, 1, 8, 2, 4], 0.8);
  t.true(Math.abs(lo - 1.4) < 1e-12 && Math.abs(hi - 12.8) < 1e-12);
});

test('bootstrapFit(seed) repeats its digits and differs between seeds', t => {
  const columns = simulate(power, truth, { inputs, noise: 0.01 });
  const draw = (seed: number) => bootstrapFit(columns, power, { replicates: 20, seed }).draws.alpha;
  t.deepEqual(draw(3), draw(3));
  t.notDeepEqual(draw(3), draw(4));
});

test('bootstrapFit(240 points of Chinchilla) has the standard deviations of Besiroglu 2024: .026, .015, .021', t => {
  const { params, unconverged } = bootstrapFit(chinchillaPoints(), findLaw('chinchilla'), { replicates: 300, seed: 2 });
  t.is(unconverged, 0);
  for (const [name, published] of Object.entries({ E: 0.026, alpha: 0.015, beta: 0.021 }))
    t.true(Math.abs(params[name].se / published - 1) < 0.2, `${name}: ${params[name].se}`);
});

test('90 % percentile intervals of 60 simulated sweeps hold the truth about 90 % of the time', t => {
  const held = Array.from({ length: 60 }, (_, seed) => {
    const columns = simulate(power, truth, { inputs, noise: 0.01, seed });
    const { lo, hi } = bootstrapFit(columns, power, { rho: 'squared', replicates: 60, level: 0.9, starts: 8 }).params
      .alpha;
    return lo <= truth.alpha && truth.alpha <= hi;
  });
  const share = held.filter(Boolean).length / held.length;
  t.true(share >= 0.75 && share <= 0.98, `${share}`); // 0.87 in long runs, give or take three standard errors
});

test('drawing whole runs widens the interval where the rows of a run share an error', t => {
  const runs = 12;
  const unit = Array.from({ length: runs * 5 }, (_, row) => Math.floor(row / 5));
  const shifts = simulate(power, truth, { inputs: { x: inputs.x.slice(0, runs) }, noise: 0.02 }).loss;
  const x = Float64Array.from(unit, (run, row) => inputs.x[run] * (1 + (row % 5) / 50));
  const exact = simulate(power, truth, { inputs: { x: inputs.x.slice(0, runs) } }).loss;
  const loss = simulate(power, truth, { inputs: { x }, noise: 0.001 }).loss.map(
    (v, row) => (v * shifts[unit[row]]) / exact[unit[row]],
  );
  const width = (options: object) => {
    const { lo, hi } = bootstrapFit({ x, loss }, power, { rho: 'squared', replicates: 80, ...options }).params.alpha;
    return hi - lo;
  };
  t.true(width({ unit }) > 1.4 * width({}));
});

test('predictBootstrap() holds the value of the fit; noise makes the interval wider', t => {
  const bootstrap = bootstrapFit(simulate(power, truth, { inputs, noise: 0.01 }), power, { replicates: 100 });
  const [law, run] = [false, true].map(noise => predictBootstrap(bootstrap, { x: 1e24 }, { level: 0.9, noise }));
  t.true(law.lo < law.value && law.value < law.hi);
  t.true(run.hi - run.lo > law.hi - law.lo);
});
