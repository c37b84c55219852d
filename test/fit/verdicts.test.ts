import test from 'ava';
import { FIT_STATUS, type Fit, fitLaw, predictFit } from '../../src/fit/index.js';
import { findLaw } from '../../src/law/index.js';
import { chinchillaPoints } from './chinchilla-points.js';
import { SWEEP, simulate } from './simulate.js';

const law = findLaw('chinchilla');
const truth = { E: 1.69, A: 406.4, B: 410.7, alpha: 0.34, beta: 0.28 };
const says = (fit: Fit, code: string) => fit.verdicts.filter(verdict => verdict.code === code).map(({ text }) => text);

test('a fit of 240 good rows converges, has nothing to say, and agrees from every start', t => {
  const fit = fitLaw(chinchillaPoints(), law);
  t.is(fit.status, 'converged');
  t.deepEqual(fit.verdicts, []);
  t.is(fit.starts.agreed, fit.starts.descended);
});

test('rows on one ray D = 20 N: the fit is singular and names the parameters that move together', t => {
  const inputs = { N: SWEEP.N, D: SWEEP.N.map(N => 20 * N) };
  const fit = fitLaw(simulate(law, { ...truth, beta: 0.34 }, { inputs, noise: 0.01 }), law, {
    rho: 'squared',
    tie: { beta: 'alpha' },
  });
  t.is(fit.status, 'singular');
  t.regex(says(fit, 'notIdentified')[0], /A (up|down), B (up|down) together/);
});

test('losses that fall faster than any power with a floor put E on its bound 0', t => {
  const columns = simulate(law, truth, { inputs: SWEEP, noise: 0.01 });
  const fit = fitLaw({ ...columns, loss: columns.loss.map(value => value - 1.9) }, law, { rho: 'squared' });
  t.is(fit.status, 'atBound');
  t.regex(says(fit, 'atBound')[0], /^E sits on its bound 0: the rows do not identify it$/);
});

test('one iteration is not enough, and the status says what to do', t => {
  const fit = fitLaw(chinchillaPoints(), law, { maxIterations: 1, starts: 1, huberDelta: 1e-6 });
  t.is(fit.status, 'maxIterations');
  t.regex(FIT_STATUS[fit.status], /raise maxIterations/);
});

test('seven rows for five parameters are called few', t => {
  const rows = Object.fromEntries(Object.entries(SWEEP).map(([name, values]) => [name, values.slice(3, 10)]));
  t.is(says(fitLaw(simulate(law, truth, { inputs: rows, noise: 0.001 }), law), 'fewRows').length, 1);
});

test('no number of a singular fit is NaN, and neither is its prediction', t => {
  const inputs = { N: SWEEP.N, D: SWEEP.N.map(N => 20 * N) };
  const fit = fitLaw(simulate(law, truth, { inputs, noise: 0.01 }), law);
  const numbers = Object.values(fit.params).flatMap(({ value, se, lo, hi }) => [value, se, lo, hi]);
  const { value, lo, hi } = predictFit(fit, { N: 1e11, D: 1e9 });
  for (const number of [...numbers, ...Object.values(fit.metrics), value, lo, hi]) t.false(Number.isNaN(number));
});
