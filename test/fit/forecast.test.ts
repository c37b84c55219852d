import test from 'ava';
import { loadRolloutSet, ROLLOUT_SETS } from '../../bench/rollout-sets.js';
import { InputError, pickRows } from '../../src/base/index.js';
import { expandLevel } from '../../src/fit/forecast.js';
import { ASYMPTOTE_PRIOR, type ForecastOptions, forecastFit } from '../../src/fit/index.js';
import { findLaw } from '../../src/law/index.js';
import { chinchillaPoints } from './chinchilla-points.js';
import { simulate } from './simulate.js';

const law = findLaw('chinchilla');
const points = chinchillaPoints();
const far = { N: 70e9, D: 1.4e12 };
const quick = { replicates: 60, starts: 16 };
const one = (options: ForecastOptions = {}) => forecastFit(points, law, [far], { ...quick, ...options });
const width = (options: ForecastOptions) => {
  const { lo, hi } = one(options).forecasts[0];
  return hi / lo - 1;
};

test('forecastFit() predicts with E at the median of its prior, as SciPy fits it with E = 1.7 held: 1.920877', t => {
  const { fit, forecasts, prior, note, level } = one();
  t.is(fit.params.E.value, 1.7);
  t.true(Math.abs(forecasts[0].value / 1.9208772199 - 1) < 1e-7);
  t.deepEqual(prior, { E: { median: 1.7, sd: 0.15 } });
  t.is(note, null);
  t.is(level, 0.9);
});

test('the prior makes most of the width far out, and the parts say so', t => {
  const { parts, lo, hi, value } = one().forecasts[0];
  t.true(lo < value && value < hi);
  t.true(parts.prior > 2 * parts.parameters && parts.prior > 2 * parts.noise);
  t.true(width({}) > 2 * width({ prior: 'none' }));
});

test('within the rows the fit makes up for another E: the prior hardly counts', t => {
  const { parts } = forecastFit(points, law, [{ N: 1e9, D: 2e10 }], quick).forecasts[0];
  t.true(parts.prior < 0.003, `${parts.prior}`);
});

test('noise widens the interval by the scatter of single runs', t => {
  t.true(width({ noise: false, prior: 'none' }) < 0.7 * width({ prior: 'none' }));
  t.is(one({ noise: false }).forecasts[0].parts.noise, 0);
});

test('forecastFit(seed) repeats its digits', t => {
  const draw = (seed: number) => one({ seed }).forecasts[0];
  t.deepEqual(draw(3), draw(3));
  t.notDeepEqual(draw(3).draws, draw(4).draws);
});

test('several inputs at once: draws go together, and what lies beyond the rows is named with its factor', t => {
  const { forecasts } = forecastFit(points, law, [far, { N: 1e9, D: 1e10 }], quick);
  t.deepEqual(Object.keys(forecasts[0].beyond), ['N', 'D']);
  t.true(Math.abs(forecasts[0].beyond.N - 70e9 / Math.max(...points.N)) < 1e-9);
  t.deepEqual(forecasts[1].beyond, {});
  t.is(forecasts[0].draws.length, 60);
});

test('an asymptote held by the caller becomes the centre of its prior; prior none holds it exactly', t => {
  const params = { E: { value: 1.8 } };
  t.deepEqual(one({ params }).prior, { E: { median: 1.8, sd: ASYMPTOTE_PRIOR.sd } });
  const exact = one({ params, prior: 'none' });
  t.deepEqual(exact.prior, {});
  t.is(exact.forecasts[0].parts.prior, 0);
});

test('the runs as units make the interval wider where their rows share an error', t => {
  const unit = Array.from(points.loss, (_, row) => Math.floor(row / 10));
  t.true(width({ unit, prior: 'none', noise: false }) > 1.3 * width({ prior: 'none', noise: false }));
  t.is(one({ unit }).unit, 'unit');
});

test('expandLevel(0.9) is the level that SciPy gives: 22 units .94477, 240 units .90414', t => {
  // 1 - 2 * norm.sf(sqrt(n / (n - p)) * t.ppf(0.95, n - p))
  t.true(Math.abs(expandLevel(0.9, 22, 4) - 0.9447721609) < 1e-7);
  t.true(Math.abs(expandLevel(0.9, 240, 4) - 0.9041413824) < 1e-7);
});

const refused = test.macro({
  exec(t, columns: typeof points, options: ForecastOptions, message: RegExp) {
    const { message: got } = t.throws(() => forecastFit(columns, law, [far], options), { instanceOf: InputError });
    t.regex(got, message);
  },
  title: (_, __: typeof points, options: ForecastOptions, message: RegExp) =>
    `forecastFit(${JSON.stringify(options)}) is refused: ${message.source}`,
});
const small = { ...points, loss: points.loss.map(loss => loss / 3) };

test(
  refused,
  small,
  {},
  /^the prior of E must have its median below the smallest loss, 0\.6\d+ in row 1, got 1\.7; these losses .* give prior \{ E: \{ median, sd \} \} in their own unit, or prior 'none'$/,
);
test(refused, small, { params: { E: { value: 1.7 } } }, /^E must be held below the smallest loss, .* got 1\.7/);
test(refused, points, { prior: { E: { median: 3, sd: 0.1 } } }, /^the prior of E must have its median below/);
test(
  refused,
  points,
  { prior: { E: { median: 1.7, sd: 0 } } },
  /^sd of the prior of E must be a number above 0, got 0$/,
);
test(refused, points, { prior: { gamma: { median: 1, sd: 1 } } }, /^unknown parameter of chinchilla "gamma"/);
test(
  refused,
  points,
  { prior: { alpha: { median: 9, sd: 1 } } },
  /^median of the prior of alpha must be above 0 and within/,
);
test(
  refused,
  points,
  { prior: { alpha: { median: 0.3, sd: 0.1 } }, tie: { beta: 'alpha' } },
  /^prior of alpha must be of a parameter that is not tied/,
);
test(refused, points, { replicates: 3 }, /^replicates must be in \[20, 1000000\], got 3$/);

test('losses in another unit are forecast with a prior of their own', t => {
  const { forecasts } = forecastFit(small, law, [far], { ...quick, prior: { E: { median: 0.57, sd: 0.15 } } });
  t.true(Math.abs(forecasts[0].value - 1.92 / 3) < 0.01);
});

test('a prior of an exponent is drawn beside that of E', t => {
  const prior = { E: { median: 1.7, sd: 0.15 }, alpha: { median: 0.35, sd: 0.1 } };
  const { fit, unconverged } = one({ prior });
  t.is(fit.params.alpha.value, 0.35);
  t.is(unconverged, 0);
});

test('a law without an asymptote gets a note in place of a prior', t => {
  const power = findLaw('pure-power');
  const x = Float64Array.from({ length: 20 }, (_, i) => 1e17 * 2 ** i);
  const columns = simulate(power, { A: 20, alpha: 0.05 }, { inputs: { x }, noise: 0.01 });
  const { prior, note } = forecastFit(columns, power, [{ x: 1e25 }], quick);
  t.deepEqual(prior, {});
  t.regex(note ?? '', /^pure-power has no asymptote to draw: .* too narrow$/);
});

test('real runs at ten times the compute: the drawn E holds 9 in 10 of Gemstones where the plain bootstrap holds few', async t => {
  const set = ROLLOUT_SETS.find(({ name }) => name === 'Gemstones, train loss') as (typeof ROLLOUT_SETS)[number];
  const { columns, unit = [] } = await loadRolloutSet(set);
  const { C, N, D, loss } = columns;
  const cut = Math.min(...C) * 30;
  const rows = Array.from(C.keys());
  const near = rows.filter(row => C[row] > 8 * cut && C[row] < 12 * cut);
  const best = Math.min(...near.map(row => loss[row]));
  const ahead = near.filter(row => loss[row] < 1.01 * best);
  const fitted = rows.filter(row => C[row] <= cut);
  const share = (prior: ForecastOptions['prior']) => {
    const { forecasts } = forecastFit(
      pickRows(columns, fitted),
      law,
      ahead.map(row => ({ N: N[row], D: D[row] })),
      { ...quick, prior, unit: fitted.map(row => unit[row]) },
    );
    return forecasts.filter(({ lo, hi }, k) => lo <= loss[ahead[k]] && loss[ahead[k]] <= hi).length / ahead.length;
  };
  t.true(share(undefined) >= 0.9, `${share(undefined)}`);
  t.true(share('none') <= 0.5, `${share('none')}`);
});
