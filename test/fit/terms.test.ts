import test from 'ava';
import { type FitOptions, fitLaw, parseFitOptions } from '../../src/fit/index.js';
import { createColumns, createProblem, linearSlots } from '../../src/fit/problem.js';
import { parseTerms } from '../../src/fit/terms.js';
import { findLaw, type Law } from '../../src/law/index.js';
import { SWEEP, simulate } from './simulate.js';

const chinchilla = findLaw('chinchilla');
/** The same law, its formula written so that no terms are read: it is called row by row. */
const plain = (law: Law): Law => ({ ...law, formula: `(${law.formula})` });
const truth = { E: 1.69, A: 406.4, B: 410.7, alpha: 0.34, beta: 0.28 };
const columns = simulate(chinchilla, truth, { inputs: SWEEP, noise: 0.02 });

/** Two inputs in one term. */
const product: Law = {
  ...chinchilla,
  formula: 'E + A / (N^alpha * D^beta) + B',
  evaluate(params, inputs, gradient) {
    const shrink = inputs[0] ** -params[3] * inputs[1] ** -params[4];
    gradient?.set([1, shrink, 1, -params[1] * shrink * Math.log(inputs[0]), -params[1] * shrink * Math.log(inputs[1])]);
    return params[0] + params[2] + params[1] * shrink;
  },
};

test('parseTerms(law) reads sums of powers and nothing else', t => {
  t.deepEqual(parseTerms(chinchilla), [
    { constant: 0, factors: [] },
    { constant: 1, factors: [{ input: 0, exponent: 3 }] },
    { constant: 2, factors: [{ input: 1, exponent: 4 }] },
  ]);
  t.is(parseTerms(findLaw('wdnt'))?.length, 5);
  t.is(parseTerms(findLaw('sigmoid')), null);
  t.is(parseTerms({ ...chinchilla, formula: 'E + A / N^alpha + B / D^alpha' }), null);
  t.is(parseTerms({ ...chinchilla, formula: 'E + A / N^alpha' }), null);
});

test('parseTerms(law) refuses a formula that is not what the law evaluates', t => {
  t.is(parseTerms({ ...chinchilla, formula: 'E + A / D^alpha + B / N^beta' }), null);
});

const SETTINGS: Readonly<Record<string, FitOptions>> = {
  'as it is': {},
  'linear residuals': { residual: 'linear' },
  'alpha tied to beta': { tie: { beta: 'alpha' } },
  'E and beta held': { params: { E: { value: 1.6 }, beta: { value: 0.3 } } },
  'B tied to A': { tie: { B: 'A' } },
};

for (const [name, law] of Object.entries({ chinchilla, product }))
  for (const [setting, options] of Object.entries(SETTINGS))
    test(`a ${name} law by columns equals the same law by rows, ${setting}`, t => {
      const parsed = parseFitOptions(law, options);
      const [fast, slow] = [law, plain(law)].map(one => createProblem(columns, one, parsed));
      t.not(fast.powers, null);
      t.is(slow.powers, null);
      const { rows, size } = fast;
      const theta = Float64Array.from({ length: size }, (_, j) => (fast.slots.isLog[j] ? 5.5 + j / 10 : 0.3 + j / 50));
      const pulls = Float64Array.from({ length: rows }, (_, row) => Math.sin(row));
      const bends = Float64Array.from({ length: rows }, (_, row) => row % 2);
      const [a, b] = [fast, slow].map(problem => {
        const residuals = new Float64Array(rows);
        const derivatives = createColumns(size, rows);
        t.true(problem.linearizeColumns(theta, residuals, derivatives));
        const hessian = new Float64Array(size * size);
        problem.hessian(theta, { columns: derivatives, pulls, bends }, hessian);
        const basis = createColumns(linearSlots(problem).length, rows);
        const offset = new Float64Array(rows);
        t.true(problem.basis(theta, basis, offset));
        const jacobian = new Float64Array(rows * size);
        problem.linearize(theta, residuals, jacobian);
        return {
          residuals,
          derivatives: derivatives.flatMap(one => [...one]),
          hessian,
          basis: basis.flatMap(one => [...one]),
          offset,
          jacobian,
        };
      });
      const close = (x: ArrayLike<number>, y: ArrayLike<number>, tolerance: number, what: string) => {
        const size = Math.max(1, ...Array.from(y, Math.abs));
        t.true(
          Array.from(x).every((value, i) => Math.abs(value - y[i]) <= tolerance * size),
          what,
        );
      };
      close(a.residuals, b.residuals, 1e-13, 'residuals');
      close(a.derivatives, b.derivatives, 1e-13, 'Jacobian by columns');
      close(a.jacobian, b.jacobian, 1e-13, 'Jacobian by rows');
      close(a.basis, b.basis, 1e-13, 'basis');
      close(a.offset, b.offset, 1e-13, 'offset');
      close(a.hessian, b.hessian, 1e-4, 'Hessian (by differences on the right)');
    });

test('fitLaw() finds the same optimum by columns and by rows', t => {
  const [fast, slow] = [chinchilla, plain(chinchilla)].map(law => fitLaw(columns, law));
  t.true(Math.abs(fast.objective / slow.objective - 1) < 1e-10);
  t.true(Math.abs(fast.params.B.value / slow.params.B.value - 1) < 1e-6);
});
