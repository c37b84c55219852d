import test from 'ava';
import { createRandom } from '../../src/base/index.js';
import { fitLaw } from '../../src/fit/index.js';
import { findLaw, parseFormula, predictLaw } from '../../src/law/index.js';
import { type CandidateRun, chooseNext, gridRuns } from '../../src/plan/next/index.js';
import { knowledgeOf, learn, slopeAt, varianceOf } from '../../src/plan/next/information.js';

const chinchilla = findLaw('chinchilla');
const TRUTH = { E: 1.8172, A: 482.01, B: 2085.43, alpha: 0.3478, beta: 0.3658 }; // Besiroglu 2024
const pilot = pilotRuns(1);
const fit = fitLaw(pilot, chinchilla, { rho: 'squared' });
const TARGET = { N: 4e9, D: 9e10 };

/** 16 runs of 50M to 400M parameters and 1 to 8 billion tokens, ln loss with a scatter of 0.004. */
function pilotRuns(seed: number) {
  const { normal } = createRandom(seed);
  const rows = [50e6, 100e6, 200e6, 400e6].flatMap(N => [1e9, 2e9, 4e9, 8e9].map(D => ({ N, D })));
  const loss = rows.map(row => predictLaw(chinchilla, TRUTH, row) * Math.exp(0.004 * normal()));
  return {
    N: Float64Array.from(rows, ({ N }) => N),
    D: Float64Array.from(rows, ({ D }) => D),
    loss: Float64Array.from(loss),
  };
}

const line = await parseFormula('a + b * x', { inputs: ['x'], response: 'y', residual: 'linear' });
const x = Float64Array.of(0, 1, 2, 3, 5, 8);
const onLine = { x, y: x.map((value, i) => 3 + 2 * value + [0.1, -0.2, 0.15, -0.05, 0.1, -0.1][i]) };
const lineFit = fitLaw(onLine, line, { rho: 'squared' });

test("knowledgeOf a straight line gives the textbook's variance of its value: s2 (1/n + (x0 - mean)2 / Sxx)", t => {
  // Draper and Smith 1998, section 1.4; the belief beforehand is weak and takes off less than 1 %
  const mean = 19 / 6;
  const sxx = x.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const residuals = lineFit.residuals.reduce((sum, value) => sum + value ** 2, 0);
  const variance = (residuals / 4) * (1 / 6 + (20 - mean) ** 2 / sxx);
  const ours = varianceOf(knowledgeOf(lineFit, onLine), slopeAt(lineFit, [20]));
  t.true(Math.abs(ours / variance - 1) < 0.01, `${ours} ${variance}`);
});

test('learn(run) equals knowledge of all rows and the run', t => {
  const knowledge = knowledgeOf(fit, pilot);
  const more = {
    N: Float64Array.of(...pilot.N, 3e8),
    D: Float64Array.of(...pilot.D, 3e9),
    loss: Float64Array.of(...pilot.loss, 3),
  };
  const direct = knowledgeOf(fit, more).covariance;
  const noise = fit.metrics.rmse * Math.sqrt(16 / 11);
  const learned = learn(knowledge, slopeAt(fit, [3e8, 3e9]), noise).covariance;
  for (const [at, value] of direct.entries())
    t.true(Math.abs(learned[at] - value) < 1e-6 * Math.max(Math.abs(value), 1e-6));
});

test('for a line, the run that tells most of a point to the right is the one farthest to the right', t => {
  const candidates = [0, 2, 4, 6, 8].map((at): CandidateRun => ({ inputs: { x: at }, flops: 1 }));
  const { runs } = chooseNext(lineFit, onLine, { x: 20 }, candidates, { picks: 1 });
  t.is(runs[0].inputs.x, 8);
});

test('each pick lessens the spread at the target, and reductions add up', t => {
  const { runs, sdBefore } = chooseNext(fit, pilot, TARGET, gridRuns(pilot), { picks: 6 });
  t.is(runs.length, 6);
  const spreads = [sdBefore, ...runs.map(({ sdAfter }) => sdAfter)];
  for (const [i, sd] of spreads.slice(1).entries()) t.true(sd < spreads[i]);
  const total = runs.reduce((sum, { reduction }) => sum + reduction, 0);
  t.true(Math.abs(1 - total - (spreads[6] / sdBefore) ** 2) < 1e-9);
});

test('a batch spreads out: no run is picked twice, unless repeats are asked for', t => {
  const { runs } = chooseNext(fit, pilot, TARGET, gridRuns(pilot), { picks: 5, perFlop: false });
  const different = (picked: typeof runs) => new Set(picked.map(({ inputs }) => `${inputs.N} ${inputs.D}`)).size;
  t.is(different(runs), 5);
  const { runs: cheap } = chooseNext(fit, pilot, TARGET, gridRuns(pilot), { picks: 5, repeats: true });
  t.true(different(cheap) < 5);
});

test('picks stay within their budget', t => {
  const budget = 2e19;
  const { runs, flops } = chooseNext(fit, pilot, TARGET, gridRuns(pilot), { picks: 100, budget });
  t.true(flops <= budget && runs.length > 1);
  t.is(
    flops,
    runs.reduce((sum, run) => sum + run.flops, 0),
  );
});

test('candidates stay within what was measured, and the corner beyond is marked', t => {
  const inside = gridRuns(pilot);
  t.true(inside.every(({ inputs: { N, D } }) => N >= 49.9e6 && N <= 401e6 && D >= 0.99e9 && D <= 8.01e9));
  const wide = gridRuns(pilot, { reach: 10, tokensPerParam: [1, 1e5] });
  const { runs } = chooseNext(fit, pilot, TARGET, wide, { picks: 3 });
  t.true(runs.some(({ outside }) => outside));
  t.true(chooseNext(fit, pilot, TARGET, inside, { picks: 3 }).runs.every(({ outside }) => !outside));
});

test('by regret, picks lessen the loss that deciding the split gives away', t => {
  const budget = 2e20;
  const decision = {
    inputs: (logN: number) => ({ N: Math.exp(logN), D: budget / 6 / Math.exp(logN) }),
    from: Math.log(1e7),
    to: Math.log(1e11),
  };
  const { runs, regretBefore } = chooseNext(fit, pilot, TARGET, gridRuns(pilot), { picks: 4, aim: 'regret', decision });
  const regrets = [regretBefore!, ...runs.map(({ regretAfter }) => regretAfter!)];
  for (const [i, regret] of regrets.slice(1).entries()) t.true(regret > 0 && regret < regrets[i]);
});

test('what cannot be chosen is refused in one line', t => {
  const { message: none } = t.throws(() => chooseNext(fit, pilot, TARGET, []))!;
  t.is(none, 'next needs at least one candidate run, got none');
  t.throws(() => chooseNext(fit, pilot, TARGET, [{ inputs: { N: 1e8, D: 1e9 }, flops: 0 }]), {
    message: /^flops of a candidate must be/,
  });
  t.throws(() => chooseNext(fit, pilot, TARGET, gridRuns(pilot), { aim: 'regret' }), { message: /needs a decision/ });
});
