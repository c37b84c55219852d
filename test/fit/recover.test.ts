import test from 'ava';
import fc from 'fast-check';
import { type FitOptions, fitLaw } from '../../src/fit/index.js';
import { findLaw, type Law } from '../../src/law/index.js';
import { SWEEP, simulate } from './simulate.js';

const within = (min: number, max: number) => fc.double({ min, max, noNaN: true });

/** Truths in the range of published laws; losses stay between 1 and 20. */
const TRUTHS: Record<string, { inputs: Record<string, Float64Array>; truth: fc.Arbitrary<Record<string, number>> }> = {
  chinchilla: {
    inputs: SWEEP,
    truth: fc.record({
      E: within(0.5, 2.5),
      A: within(100, 1000),
      B: within(100, 3000),
      alpha: within(0.2, 0.5),
      beta: within(0.2, 0.5),
    }),
  },
  power: {
    inputs: { x: Float64Array.from({ length: 9 }, (_, i) => 1e17 * 6 ** i) },
    truth: fc.record({ E: within(0.5, 2.5), A: within(10, 1e4), alpha: within(0.05, 0.3) }),
  },
  sigmoid: {
    inputs: { L: Float64Array.from({ length: 12 }, (_, i) => 0.5 + i * 0.15) },
    truth: fc.record({ lo: within(0.05, 0.3), hi: within(0.6, 1), k: within(2, 8), L0: within(0.8, 1.6) }),
  },
};

for (const [name, { inputs, truth }] of Object.entries(TRUTHS))
  for (const rho of ['squared', 'huber'] as const)
    test(`fitLaw(${name}, ${rho}) recovers every parameter of an exact law to 9 digits`, t => {
      const law = findLaw(name);
      fc.assert(
        fc.property(truth, params => recovers(law, params, { inputs, rho })),
        { numRuns: 25, seed: 11 },
      );
      t.pass();
    });

function recovers(
  law: Law,
  params: Record<string, number>,
  { inputs, rho }: { inputs: Record<string, Float64Array>; rho: FitOptions['rho'] },
) {
  const fit = fitLaw(simulate(law, params, { inputs }), law, { rho });
  return Object.entries(params).every(([name, want]) => Math.abs(fit.params[name].value / want - 1) < 1e-9);
}

test('fitLaw() holds a parameter at its value and recovers the rest', t => {
  const truth = { E: 1.69, A: 406.4, B: 410.7, alpha: 0.34, beta: 0.28 };
  const fit = fitLaw(simulate(findLaw('chinchilla'), truth, { inputs: SWEEP }), findLaw('chinchilla'), {
    params: { E: { value: 1.69 }, beta: { start: 0.28, vary: false } },
  });
  t.is(fit.free, 3);
  t.deepEqual(fit.params.E, { value: 1.69, se: 0, lo: 1.69, hi: 1.69 });
  t.true(Math.abs(fit.params.A.value / 406.4 - 1) < 1e-9);
});

test('fitLaw() gives tied parameters one value and recovers the rest', t => {
  const truth = { E: 1.69, A: 406.4, B: 410.7, alpha: 0.31, beta: 0.31 };
  const law = findLaw('chinchilla');
  const fit = fitLaw(simulate(law, truth, { inputs: SWEEP }), law, { tie: { beta: 'alpha' } });
  t.is(fit.params.alpha.value, fit.params.beta.value);
  t.is(fit.free, 4);
  t.true(Math.abs(fit.params.B.value / 410.7 - 1) < 1e-9);
});

test('fitLaw() stops at a bound that excludes the truth, and says so', t => {
  const law = findLaw('power');
  const inputs = { x: Float64Array.from({ length: 9 }, (_, i) => 1e17 * 6 ** i) };
  const columns = simulate(law, { E: 1.5, A: 300, alpha: 0.15 }, { inputs });
  const fit = fitLaw(columns, law, { rho: 'squared', params: { E: { max: 1 } } });
  t.is(fit.status, 'atBound');
  t.is(fit.params.E.value, 1);
  t.regex(fit.verdicts.find(verdict => verdict.code === 'atBound')?.text ?? '', /^E sits on its bound 1/);
});

test('fitLaw() sees through rows that are wrong by a factor of two when rho is huber', t => {
  const law = findLaw('chinchilla');
  const truth = { E: 1.69, A: 406.4, B: 410.7, alpha: 0.34, beta: 0.28 };
  const columns = simulate(law, truth, { inputs: SWEEP });
  const loss = columns.loss.map((value, row) => (row === 5 || row === 10 ? 2 * value : value));
  t.true(Math.abs(fitLaw({ ...columns, loss }, law, { huberDelta: 1e-9 }).params.alpha.value - 0.34) < 1e-6);
  t.true(Math.abs(fitLaw({ ...columns, loss }, law, { rho: 'squared' }).params.alpha.value - 0.34) > 1e-2);
});
