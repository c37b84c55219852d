import test from 'ava';
import { fitLaw, jackknifeFit } from '../../src/fit/index.js';
import { findLaw } from '../../src/law/index.js';
import { chinchillaPoints } from './chinchilla-points.js';
import { nistColumns, saturation } from './saturation.js';
import { SWEEP, simulate } from './simulate.js';

const squared = { rho: 'squared' } as const;
const law = findLaw('chinchilla');

test('jackknifeFit(Misra1a) has the standard errors and the largest mover of 14 refits by lmfit 1.3.4', t => {
  const columns = nistColumns('Misra1a');
  const { se, influences } = jackknifeFit(columns, fitLaw(columns, saturation, squared), squared);
  t.true(Math.abs(se.b1 / 4.15194901 - 1) < 1e-5);
  t.true(Math.abs(se.b2 / 1.09921084e-5 - 1) < 1e-5);
  t.deepEqual(influences[0].rows, [13]);
  const first = influences.find(({ unit }) => unit === 0)?.change; // lmfit without the first row: 239.2991, 5.4918198e-4
  t.true(Math.abs((first?.b1 ?? 0) - (239.2991 - 238.94213)) < 2e-4);
});

test('one Newton step a row names the same movers as refits, most influential first', t => {
  const columns = nistColumns('Misra1a');
  const fit = fitLaw(columns, saturation, squared);
  const [refit, step] = (['refit', 'step'] as const).map(method => jackknifeFit(columns, fit, { ...squared, method }));
  const top = ({ influences }: typeof refit) => influences.slice(0, 3).map(({ unit }) => unit);
  t.deepEqual(top(step), top(refit));
  t.true(Math.abs(step.se.b1 / refit.se.b1 - 1) < 0.05);
});

test('a row moved by ten times the noise is the mover, and is named', t => {
  const columns = simulate(
    law,
    { E: 1.69, A: 406.4, B: 410.7, alpha: 0.34, beta: 0.28 },
    { inputs: SWEEP, noise: 0.002 },
  );
  const loss = columns.loss.map((value, row) => (row === 5 ? value * 1.05 : value));
  const { movers } = jackknifeFit({ ...columns, loss }, fitLaw({ ...columns, loss }, law, squared), squared);
  t.deepEqual(movers[0].rows, [5]);
  t.true(movers[0].most.errors > 1);
});

test('jackknifeFit(unit) leaves out whole runs and calls them by name', t => {
  const columns = chinchillaPoints();
  const unit = Array.from(columns.loss, (_, row) => `run ${row % 12}`);
  const { influences, unit: drawn } = jackknifeFit(columns, fitLaw(columns, law, { unit }), { unit });
  t.is(drawn, 'unit');
  t.is(influences.length, 12);
  for (const { unit: name, rows } of influences) {
    t.is(rows.length, 20);
    t.true(rows.every(row => unit[row] === name));
  }
});
