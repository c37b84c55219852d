import test from 'ava';
import { fitLaw } from '../../src/fit/index.js';
import { loadCertified } from './nist.js';

/** Decimal digits that agree with the certified value. */
const matchingDigits = (got: number, want: number) => (got === want ? 15 : -Math.log10(Math.abs(got / want - 1)));

function fitCertified(problem: string, start: 1 | 2) {
  const certified = loadCertified(problem);
  const params = Object.fromEntries(
    Object.entries(certified.starts[start - 1]).map(([name, at]) => [name, { start: at }]),
  );
  const options = { rho: 'squared', covariance: 'classic', starts: 1, maxIterations: 2000, params } as const;
  return { certified, fit: fitLaw(certified.columns, certified.law, options) };
}

const certifiedDigits = test.macro({
  exec(t, problem: string, start: 1 | 2, digits: number) {
    const { certified, fit } = fitCertified(problem, start);
    t.is(fit.status, 'converged');
    for (const [name, want] of Object.entries(certified.values)) {
      t.true(matchingDigits(fit.params[name].value, want) >= digits, `${name}: ${fit.params[name].value}`);
      t.true(matchingDigits(fit.params[name].se, certified.deviations[name]) >= digits, `se of ${name}`);
    }
    t.true(matchingDigits(2 * fit.objective, certified.sumOfSquares) >= 9);
  },
  title: (_, problem, start, digits) =>
    `NIST ${problem}, start ${start}: values and deviations to ${digits} certified digits`,
});

// Lanczos, Hahn1: six and seven parameters nearly collinear, so that rounding takes digits; the rest has 9 and more.
for (const start of [1, 2] as const) {
  for (const problem of ['Misra1a', 'Misra1b', 'Misra1c', 'Misra1d', 'DanWood', 'Chwirut1', 'Chwirut2', 'Gauss1'])
    test(certifiedDigits, problem, start, 9);
  for (const problem of ['Gauss2', 'MGH09', 'BoxBOD', 'Rat42', 'Roszman1']) test(certifiedDigits, problem, start, 9);
  for (const problem of ['Kirby2', 'Nelson', 'Hahn1', 'Lanczos2', 'Lanczos3']) test(certifiedDigits, problem, start, 7);
}
test(certifiedDigits, 'MGH17', 2, 9);

test('NIST MGH17, start 1: the far start ends on a flat, and the fit does not call that converged', t => {
  t.is(fitCertified('MGH17', 1).fit.status, 'singular');
});
