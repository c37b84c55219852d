import test from 'ava';
import { fitLaw } from '../../src/fit/index.js';
import { createRho, RHO_NAMES } from '../../src/fit/rho.js';
import { findLaw } from '../../src/law/index.js';
import { loadDataset, numericColumns } from '../../src/runs/index.js';
import { chinchillaPoints } from './chinchilla-points.js';

const law = findLaw('chinchilla');
const points = chinchillaPoints();
const near = (got: number, want: number, tolerance: number) => Math.abs(got / want - 1) <= tolerance;
const RESIDUALS = Float64Array.from([-0.01, -0.0005, 0.0002, 0.004]);

test('createRho(huber) and createRho(cauchy) sum to what SciPy 1.17 gives', t => {
  const weights = new Float64Array(4).fill(1);
  // scipy.special.huber(.001, r).sum(); .5 * sum(C**2 * log1p((r / C)**2)), C = .002, as least_squares(loss='cauchy')
  t.true(near(createRho('huber', 0.001).total(RESIDUALS, weights), 1.3145e-5, 1e-14));
  t.true(near(createRho('cauchy', 0.002).total(RESIDUALS, weights), 9.87621880625037e-6, 1e-14));
});

test('createRho(asymmetric) tends to the loss of kyo-takano: errors of predictions too high count ten times', t => {
  // asymmetric_mae(y_true, y_pred) of the package chinchilla 0.2.0, summed: .01 + .0005 + 10 * (.0002 + .004)
  t.true(near(createRho('asymmetric', 1e-12, 10).total(RESIDUALS, new Float64Array(4).fill(1)), 0.0525, 1e-9));
});

for (const name of RHO_NAMES)
  test(`createRho(${name}): slope and curvature are derivatives, and columns equal single residuals`, t => {
    const rho = createRho(name, 0.003, 7);
    const at = Float64Array.from([-0.02, -0.0031, -0.001, 0.0002, 0.0029, 0.004, 0.05]);
    const weights = Float64Array.from(at, (_, row) => 1 + row);
    const [pulls, bends] = [new Float64Array(at.length), new Float64Array(at.length)];
    const total = rho.derive(at, weights, pulls, bends);
    t.true(near(rho.total(at, weights), total, 1e-12));
    t.true(
      near(
        total,
        at.reduce((sum, value, row) => sum + weights[row] * rho.value(value), 0),
        1e-12,
      ),
    );
    at.forEach((value, row) => {
      const h = 1e-7;
      const slope = (rho.value(value + h) - rho.value(value - h)) / (2 * h);
      const bend = (rho.slope(value + h) - rho.slope(value - h)) / (2 * h);
      t.true(Math.abs(pulls[row] / weights[row] - slope) < 1e-6 * (1 + Math.abs(slope)), `slope at ${value}`);
      t.true(Math.abs(bends[row] / weights[row] - bend) < 1e-5 * (1 + Math.abs(bend)), `curvature at ${value}`);
    });
  });

test('fitLaw(likelihood) finds the constants that Besiroglu 2024 printed, and the log-likelihood 879.77', t => {
  const { params, objective, metrics, scale, status } = fitLaw(points, law, { rho: 'likelihood' });
  t.is(status, 'converged');
  t.true(near(objective, -879.77, 1e-5));
  t.is(metrics.logLikelihood, -objective);
  for (const [name, want] of Object.entries({ A: 482.01, B: 2085.43, alpha: 0.3478, beta: 0.3658 }))
    t.true(near(params[name].value, want, 2e-4), `${name}: ${params[name].value}`);
  t.true((scale ?? 0) > 0);
});

test('fitLaw(likelihood) with a large huberDelta is the normal likelihood of least squares', t => {
  const free = fitLaw(points, law, { rho: 'likelihood', huberDelta: 1e3 });
  const squares = fitLaw(points, law, { rho: 'squared' });
  t.true(near(free.objective, -squares.metrics.logLikelihood, 1e-7));
  t.true(near(free.scale ?? 0, squares.metrics.rmse, 1e-7));
  t.true(near(free.params.alpha.value, squares.params.alpha.value, 1e-6));
});

test('fitLaw(asymmetric) ends below the optimum that the package chinchilla finds on its example', async t => {
  const columns = numericColumns(await loadDataset('kyotakano-llm'), ['N', 'D', 'loss']);
  const fit = fitLaw(columns, law, { rho: 'asymmetric', residual: 'linear', reduce: 'mean' });
  // Its README's loss at its own optimum E 1.70044 A 185.388 B 1627.00 alpha .289233 beta .355602.
  t.true(fit.objective < 0.022782616);
  for (const [name, want] of Object.entries({ E: 1.70044, A: 185.388, B: 1627.0, alpha: 0.289233, beta: 0.355602 }))
    t.true(near(fit.params[name].value, want, 0.005), `${name}: ${fit.params[name].value}`);
  t.true(fit.residuals.filter(residual => residual > 0).length < 30); // nearly all points lie above the law
});

test('fitLaw(cauchy) hardly moves for the five rows that move beta by four standard errors under Huber', t => {
  const beta = (rho: 'cauchy' | 'huber', dropped: number) =>
    fitLaw(chinchillaPoints(dropped), law, { rho, huberDelta: 0.005 }).params.beta.value;
  t.true(Math.abs(beta('cauchy', 0) - beta('cauchy', 5)) < 0.4 * Math.abs(beta('huber', 0) - beta('huber', 5)));
});

test('reduce: mean divides the objective by the sum of weights and leaves every constant alone', t => {
  const weights = points.loss.map((_, row) => 1 + (row % 3));
  const [sum, mean] = (['sum', 'mean'] as const).map(reduce => fitLaw(points, law, { reduce, weights }));
  t.true(near(sum.objective, mean.objective * weights.reduce((a, b) => a + b, 0), 1e-14));
  t.deepEqual(sum.params, mean.params);
  t.deepEqual(sum.metrics, mean.metrics);
});

test('weights by run: an object gives its rows their weight, unit gives every run the same say', t => {
  const unit = Array.from(points.loss, (_, row) => (row < 200 ? 'long' : 'short'));
  const byRow = Float64Array.from(unit, run => (run === 'long' ? 1 / 200 : 1 / 40));
  const named = fitLaw(points, law, { unit, weights: { long: 1 / 200, short: 1 / 40 } });
  t.deepEqual(named.params, fitLaw(points, law, { unit, weights: byRow }).params);
  t.deepEqual(named.params, fitLaw(points, law, { unit, weights: 'unit' }).params);
});

test('alpha tied to beta: one exponent, a higher objective, a degree of freedom less', t => {
  const [free, tied] = [fitLaw(points, law), fitLaw(points, law, { tie: { beta: 'alpha' } })];
  t.is(tied.params.alpha.value, tied.params.beta.value);
  t.is(tied.free, free.free - 1);
  t.true(tied.objective > free.objective);
  t.is(tied.status, 'converged');
});
