import test from 'ava';
import { parseFitOptions } from '../../src/fit/index.js';
import { minimise } from '../../src/fit/newton.js';
import { createProblem, paramsAt } from '../../src/fit/problem.js';
import { createProjector, descendProjected } from '../../src/fit/projection.js';
import { createRho } from '../../src/fit/rho.js';
import { findLaw } from '../../src/law/index.js';
import { loadDataset, numericColumns } from '../../src/runs/index.js';
import { SWEEP, simulate } from './simulate.js';

const law = findLaw('chinchilla');
const truth = { E: 1.69, A: 406.4, B: 410.7, alpha: 0.34, beta: 0.28 };

test('createProjector(problem) solves for E, A and B of an exact law from its exponents', t => {
  const problem = createProblem(simulate(law, truth, { inputs: SWEEP }), law, parseFitOptions(law));
  const theta = Float64Array.from([Number.NaN, Number.NaN, Number.NaN, 0.34, 0.28]);
  t.true(createProjector(problem).solve(theta));
  const [E, A, B] = paramsAt(problem.slots, theta);
  t.true(Math.abs(E / 1.69 - 1) < 1e-11 && Math.abs(A / 406.4 - 1) < 1e-11 && Math.abs(B / 410.7 - 1) < 1e-11);
});

test('createProjector(problem) keeps E at 0 where least squares without bounds would take it below', t => {
  const columns = simulate(law, { ...truth, E: 0 }, { inputs: SWEEP });
  const problem = createProblem(columns, law, parseFitOptions(law, { residual: 'linear' }));
  const theta = Float64Array.from([Number.NaN, Number.NaN, Number.NaN, 0.25, 0.2]);
  t.true(createProjector(problem).solve(theta));
  t.is(theta[0], 0);
});

test('descendProjected() ends at the optimum of the Llama 3 curves that the repository reached: rss .00201972', async t => {
  const table = await loadDataset('isoflops', {
    map: { N: 'params', D: 'tokens' },
    where: "experiment = 'llama_3__raw_loss'",
  });
  const columns = numericColumns(table, ['N', 'D', 'loss']);
  const problem = createProblem(columns, law, parseFitOptions(law, { rho: 'squared', residual: 'linear' }));
  const end = descendProjected(problem, Float64Array.from([1, 5, 5, 0.4, 0.2]), 100);
  const residuals = new Float64Array(problem.rows);
  problem.residuals(end, residuals);
  const rho = createRho('squared', Infinity);
  t.true(Math.abs((2 * rho.total(residuals, problem.weights)) / 0.00201972 - 1) < 2e-6);
  const [E, A, B, alpha, beta] = paramsAt(problem.slots, end);
  // variable projection of Open-Athena/scaling-law-analysis
  for (const [got, want] of [[E, 0.6047], [A, 59.1], [B, 155.1], [alpha, 0.31], [beta, 0.3136]]) // biome-ignore format: pairs
    t.true(Math.abs(got / want - 1) < 1e-3, `${got} ${want}`);
  const { gradient } = minimise(problem, rho, end, { maxIterations: 0, tolerance: 1e-10, damping: 0 });
  t.true(gradient < 1e-10);
});
