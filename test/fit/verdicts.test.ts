import test from 'ava';
import { loadRolloutSet, ROLLOUT_SETS } from '../../bench/rollout-sets.js';
import type { Columns } from '../../src/base/index.js';
import {
  diagnoseFit,
  FIT_STATUS,
  type Fit,
  fitLaw,
  predictFit,
  VERDICT_CODES,
  type Verdict,
} from '../../src/fit/index.js';
import { parseFitOptions } from '../../src/fit/options.js';
import { createProblem } from '../../src/fit/problem.js';
import { testLackOfFit } from '../../src/fit/verdicts-lack.js';
import { findLaw, type Law, parseFormula } from '../../src/law/index.js';
import { chinchillaPoints } from './chinchilla-points.js';
import { nistColumns, saturation } from './saturation.js';
import { SWEEP, simulate } from './simulate.js';

const law = findLaw('chinchilla');
const truth = { E: 1.69, A: 406.4, B: 410.7, alpha: 0.34, beta: 0.28 };
const texts = ({ verdicts }: { verdicts: readonly Verdict[] }, code: keyof typeof VERDICT_CODES) =>
  verdicts.filter(verdict => verdict.code === code).map(({ text }) => text);
const load = (name: string) =>
  loadRolloutSet(ROLLOUT_SETS.find(set => set.name === name) as (typeof ROLLOUT_SETS)[number]);

test('a fit of 240 good rows converges, has nothing to say even with refits, and agrees from every start', t => {
  const columns = chinchillaPoints();
  const fit = fitLaw(columns, law);
  t.is(fit.status, 'converged');
  t.deepEqual(fit.verdicts, []);
  t.is(fit.starts.agreed, fit.starts.descended);
  t.deepEqual(diagnoseFit(columns, fit).verdicts, []);
});

test('all 245 Chinchilla points: B and beta are known only together, and four far rows move beta five standard errors', t => {
  const columns = chinchillaPoints(0);
  const fit = fitLaw(columns, law);
  t.regex(texts(fit, 'flat')[0], /^B and beta move together: only B \/ D\^beta at D near 1\.5e9 is known/);
  const { verdicts, outliers } = diagnoseFit(columns, fit);
  t.deepEqual(outliers?.rows.slice(0, 4), [243, 244, 242, 241]); // the rows of highest loss, that Besiroglu 2024 drops
  t.regex(
    texts({ verdicts }, 'outlier')[0],
    /^rows 244, 245, 243, 242 and 1 lie .* without them beta goes from 0\.453 to 0\.37\d, 1\.4 of its standard errors \(5\.0 of those it then has\): look at these runs first/,
  );
});

test('rows are called by the names they are given', t => {
  const columns = chinchillaPoints(0);
  const rowNames = columns.loss.map((_, row) => 1000 + row);
  t.regex(texts(diagnoseFit(columns, fitLaw(columns, law), { rowNames }), 'outlier')[0], /^rows 1243, 1244, /);
});

test('misfitting, 81 rows of best rate: E is not identified, and E, A and alpha are known only as E + A / N^alpha', async t => {
  const { columns } = await load('Misfitting, best learning rate');
  const fit = fitLaw(columns, law);
  t.regex(texts(fit, 'asymptote')[0], /^the asymptote E is not identified: anything from 0 to 3\.24 fits; .* prior/);
  t.regex(
    texts(fit, 'flat')[0],
    /^E, A and alpha move together: only E \+ A \/ N\^alpha at N near 9\.\de8 is known \(to 1\.\d % of the response/,
  );
});

test('gemstones, width, depth and tokens: E falls to its bound 0, and the fit says it is not identified', async t => {
  const { columns, unit } = await load('Gemstones, train loss');
  const fit = fitLaw(columns, findLaw('wdt'), { unit });
  t.is(fit.status, 'atBound');
  t.deepEqual(texts(fit, 'atBound'), ['E sits on its bound 0: the rows do not identify it']);
  t.regex(texts(fit, 'asymptote')[0], /^the asymptote E is not identified: it fell to its bound 0/);
});

test('gemstones, parameters and tokens by run: the runs that the fit hangs on are named', async t => {
  const { columns, unit } = await load('Gemstones, train loss');
  const { verdicts } = diagnoseFit(columns, fitLaw(columns, law, { unit }), { unit });
  t.regex(texts({ verdicts }, 'outlier')[0], /^run 1792x7 \(beta 0\.597, without it 0\.516: 1\.1 standard errors\)/);
});

test('rows of almost one D: B and beta move together, and the pivot lies in the middle of the rows', t => {
  const columns = simulate(law, truth, {
    inputs: { N: SWEEP.N, D: SWEEP.D.map(D => 1e9 * (D / 1e9) ** 0.02) },
    noise: 0.01,
  });
  const { verdicts } = fitLaw(columns, law, {
    rho: 'squared',
    params: { A: { value: 406.4 }, alpha: { value: 0.34 }, E: { value: 1.69 } },
  });
  const [, pivot] = texts({ verdicts }, 'flat')[0].match(/only B \/ D\^beta at D near (\S+) is known/) ?? [];
  t.true(Number(pivot) > 1e9 && Number(pivot) < 1.15e9, pivot); // the middle of the rows, 1e9 to 1.12e9
});

test('rows on one ray D = 20 N: the fit is singular and names the parameters that move together', t => {
  const inputs = { N: SWEEP.N, D: SWEEP.N.map(N => 20 * N) };
  const fit = fitLaw(simulate(law, { ...truth, beta: 0.34 }, { inputs, noise: 0.01 }), law, {
    rho: 'squared',
    tie: { beta: 'alpha' },
  });
  t.is(fit.status, 'singular');
  t.regex(texts(fit, 'notIdentified')[0], /A (up|down) and B (up|down) together leaves the fit as it is .*; hold one/);
});

test('losses that fall faster than any power with a floor put E on its bound 0', t => {
  const columns = simulate(law, truth, { inputs: SWEEP, noise: 0.01 });
  const fit = fitLaw({ ...columns, loss: columns.loss.map(value => value - 1.9) }, law, { rho: 'squared' });
  t.is(fit.status, 'atBound');
  t.is(texts(fit, 'atBound')[0], 'E sits on its bound 0: the rows do not identify it');
  t.is(texts(fit, 'asymptote').length, 1);
});

test('BoxBOD at 99.9 %: the six rows set no upper limit to the rate, and the profile says so', t => {
  const columns = nistColumns('BoxBOD');
  const options = { rho: 'squared', level: 0.999 } as const;
  const { verdicts } = diagnoseFit(columns, fitLaw(columns, saturation, options), options);
  t.regex(
    texts({ verdicts }, 'open').join(),
    /^the rows set no limit to b2 above: all that is known is that it lies above/,
  );
});

test('one iteration is not enough, and the status says what to do', t => {
  const fit = fitLaw(chinchillaPoints(), law, { maxIterations: 1, starts: 1, huberDelta: 1e-6 });
  t.is(fit.status, 'maxIterations');
  t.regex(FIT_STATUS[fit.status], /raise maxIterations/);
});

test('seven rows for five parameters are called few', t => {
  const rows = Object.fromEntries(Object.entries(SWEEP).map(([name, values]) => [name, values.slice(3, 10)]));
  t.is(texts(fitLaw(simulate(law, truth, { inputs: rows, noise: 0.001 }), law), 'fewRows').length, 1);
});

test('no number of a singular fit is NaN, and neither is its prediction', t => {
  const inputs = { N: SWEEP.N, D: SWEEP.N.map(N => 20 * N) };
  const fit = fitLaw(simulate(law, truth, { inputs, noise: 0.01 }), law);
  const numbers = Object.values(fit.params).flatMap(({ value, se, lo, hi }) => [value, se, lo, hi]);
  const { value, lo, hi } = predictFit(fit, { N: 1e11, D: 1e9 });
  for (const number of [...numbers, ...Object.values(fit.metrics), value, lo, hi]) t.false(Number.isNaN(number));
});

/** The fit and the F test of its residuals by squares. */
function lackOf(columns: Columns, one: Law): { fit: Fit; lack: ReturnType<typeof testLackOfFit> } {
  const options = { rho: 'squared', residual: 'linear' } as const;
  const fit = fitLaw(columns, one, options);
  return { fit, lack: testLackOfFit(createProblem(columns, one, parseFitOptions(one, options)), fit.residuals) };
}

// Bank accounts opened against the deposit asked for: Kutner, Applied Linear Statistical Models, section 3.7.
const deposit = Float64Array.of(125, 100, 200, 75, 150, 175, 75, 175, 125, 200, 100);
const accounts = Float64Array.of(160, 112, 124, 28, 152, 156, 42, 124, 150, 104, 136);

test('a straight line through the bank accounts lacks fit as SciPy finds: F(4, 5) = 14.8014, p = 0.005594', async t => {
  const line = await parseFormula('a + b * x', { inputs: ['x'], response: 'y', residual: 'linear' });
  const { fit, lack } = lackOf({ x: deposit, y: accounts }, line);
  t.deepEqual(lack?.freedom, [4, 5]);
  t.true(Math.abs((lack?.f ?? 0) / 14.801361803819983 - 1) < 1e-9);
  t.true(Math.abs((lack?.p ?? 0) / 0.005593811718691093 - 1) < 1e-9);
  t.regex(
    texts(fit, 'lackOfFit')[0],
    /^the law misses the rows by more than repeats .* \(F\(4, 5\) = 14\.8, p = 0\.0056\)/,
  );
});

test('repeats that are copies, or none at all, say nothing about the fit', t => {
  const columns = simulate(law, truth, { inputs: SWEEP, noise: 0.01 });
  const twice = Object.fromEntries(
    Object.entries(columns).map(([name, values]) => [name, Float64Array.from([...values, ...values])]),
  );
  t.is(lackOf(columns, law).lack, null);
  t.is(lackOf(twice, law).lack, null);
});

test('every code has a sentence of what it means', t => {
  for (const [code, text] of Object.entries(VERDICT_CODES)) t.true(text.length > 20, code);
});
