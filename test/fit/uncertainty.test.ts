import test from 'ava';
import { incompleteBeta, studentTwoSided } from '../../src/fit/distribution.js';
import { fitLaw, predictFit } from '../../src/fit/index.js';
import { findLaw } from '../../src/law/index.js';
import { chinchillaPoints } from './chinchilla-points.js';

// Reference values: SciPy 1.17 (least_squares, stats.t, special.betainc, integrate.quad), numpy for the matrices.

const law = findLaw('chinchilla');
const points = chinchillaPoints();
const near = (got: number, want: number, tolerance: number) => Math.abs(got / want - 1) <= tolerance;

test('studentTwoSided(level, freedom) equals scipy.stats.t.ppf((1 + level) / 2, freedom)', t => {
  t.true(near(studentTwoSided(0.95, 10), 2.228138851986274, 1e-10));
  t.true(near(studentTwoSided(0.9, 3), 2.3533634348018233, 1e-10));
  t.true(near(studentTwoSided(0.99, 235), 2.5969117000095836, 1e-10));
  t.true(near(studentTwoSided(0.5, 1), 1, 1e-10));
  t.true(near(studentTwoSided(0.95, 1e6), 1.959966356814107, 1e-9));
});

test('incompleteBeta(0.3, 2.5, 0.5) equals scipy.special.betainc', t => {
  t.true(near(incompleteBeta(0.3, 2.5, 0.5), 0.018927124071945658, 1e-12));
});

const errors = (options: object) =>
  Object.values(fitLaw(points, law, { rho: 'squared', ...options }).params).map(p => p.se);
const isNear = (got: readonly number[], want: readonly number[]) => got.every((value, k) => near(value, want[k], 1e-5));

test('fitLaw(squared) has the least squares that SciPy finds on 240 points of Chinchilla', t => {
  t.true(near(fitLaw(points, law, { rho: 'squared' }).objective, 0.005730943495849308, 1e-12));
});

test('fitLaw(classic): standard errors equal sqrt(diag(inv(J` J)) s^2) in numpy', t => {
  const want = [0.014191346690267915, 107.52101079011265, 901.405007506934, 0.010484395704810195, 0.009068460705229452];
  t.true(isNear(errors({ covariance: 'classic' }), want));
});

test('fitLaw(sandwich): standard errors equal HC1 in numpy', t => {
  const want = [0.02472130198214882, 131.1637902823411, 2130.501633732294, 0.013017726298779252, 0.021042055169553688];
  t.true(isNear(errors({}), want));
});

test('fitLaw(sandwich, unit): standard errors equal CR1 in numpy, ten rows a unit', t => {
  const want = [0.04271174130711445, 195.1199188731004, 3624.560446014516, 0.019306829953447856, 0.035829664086796706];
  t.true(isNear(errors({ unit: Array.from(points.loss, (_, row) => Math.floor(row / 10)) }), want));
});

test('predictFit() gives the delta-method interval that numpy gives at 70B parameters and 1.4T tokens', t => {
  const { value, lo, hi } = predictFit(fitLaw(points, law, { rho: 'squared' }), { N: 70e9, D: 1.4e12 }, { level: 0.9 });
  t.true(near(value, 1.9953499969066137, 1e-8));
  t.true(near(lo, 1.9737561471285072, 1e-7));
  t.true(near(hi, 2.017180093877119, 1e-7));
});

test('the log-likelihood of a Huber fit equals the one integrated by SciPy, its scale fitted', t => {
  t.true(near(fitLaw(points, law).metrics.logLikelihood, 879.5770041632454, 1e-7));
});

test('covariance is named, symmetric, and holds the squares of the standard errors', t => {
  const { covariance, params } = fitLaw(points, law);
  t.deepEqual(covariance.names, ['E', 'A', 'B', 'alpha', 'beta']);
  for (const [k, name] of covariance.names.entries())
    t.true(near(covariance.matrix[k][k], params[name].se ** 2, 1e-12), name);
  t.true(near(covariance.matrix[0][4], covariance.matrix[4][0], 1e-9));
});

test('weights of 2 are the same as every row twice', t => {
  const twice = Object.fromEntries(
    Object.entries(points).map(([name, values]) => [name, Float64Array.from([...values, ...values])]),
  );
  const [doubled, weighted] = [fitLaw(twice, law), fitLaw(points, law, { weights: points.loss.map(() => 2) })];
  t.true(near(weighted.objective, doubled.objective, 1e-10));
  t.true(near(weighted.params.B.value, doubled.params.B.value, 1e-7));
});
