import test from 'ava';
import { type Columns, InputError } from '../../src/base/index.js';
import { bootstrapFit, type FitOptions, fitLaw, predictFit } from '../../src/fit/index.js';
import { findLaw } from '../../src/law/index.js';
import { SWEEP, simulate } from './simulate.js';

const law = findLaw('chinchilla');
const good = simulate(law, { E: 1.69, A: 406.4, B: 410.7, alpha: 0.34, beta: 0.28 }, { inputs: SWEEP, noise: 0.01 });
const swap = (name: string, row: number, value: number): Columns => ({
  ...good,
  [name]: good[name].map((old, index) => (index === row ? value : old)),
});
const first = (count: number): Columns =>
  Object.fromEntries(Object.entries(good).map(([name, values]) => [name, values.slice(0, count)]));

const refused = test.macro({
  exec(t, act: () => unknown, message: RegExp) {
    const error = t.throws(act, { instanceOf: InputError });
    t.regex(error.message, message);
    t.false(error.message.includes('\n'));
  },
  title: (title = '') => `${title} is refused in one line`,
});

const { N, loss } = good;
test('a missing column', refused, () => fitLaw({ N, loss }, law), /^chinchilla needs a column D, got N, loss$/);
test('too few rows', refused, () => fitLaw(first(5), law), /^chinchilla needs at least 6 rows to fit, got 5$/);
test('no rows', refused, () => fitLaw(first(0), law), /needs at least 6 rows to fit, got 0$/);
test(
  'a loss of 0',
  refused,
  () => fitLaw(swap('loss', 2, 0), law),
  /^column loss, row 3 must be finite and above 0, got 0$/,
);
test(
  'a size of NaN',
  refused,
  () => fitLaw(swap('N', 0, Number.NaN), law),
  /^column N, row 1 must be finite and above 0, got NaN$/,
);
test('an infinite size', refused, () => fitLaw(swap('N', 0, Infinity), law), /^column N, row 1 must be finite/);
test(
  'a constant input',
  refused,
  () => fitLaw({ ...good, N: N.map(() => 1e9) }, law),
  /^column N must vary to fit A and alpha, got 1000000000 in every row$/,
);
test('a constant response', refused, () => fitLaw({ ...good, loss: loss.map(() => 2) }, law), /^column loss must vary/);
test(
  'a short column',
  refused,
  () => fitLaw({ ...good, N: N.slice(1) }, law),
  /^column N must have 16 rows .* got 15$/,
);

const optionRefused = test.macro({
  exec(t, options: object, message: RegExp) {
    t.regex(t.throws(() => fitLaw(good, law, options as FitOptions), { instanceOf: InputError }).message, message);
  },
  title: (_, options) => `fitLaw() refuses the options ${JSON.stringify(options)}`,
});

test(optionRefused, { roh: 'huber' }, /^unknown fit option "roh"; did you mean rho\?/);
test(optionRefused, { rho: 'cauchi' }, /^unknown rho "cauchi"; did you mean cauchy\?/);
test(optionRefused, { reduce: 'median' }, /^unknown reduce "median"/);
test(optionRefused, { over: 0 }, /^over must be a number above 0, got 0$/);
test(optionRefused, { weights: 'unit' }, /^weights by run need `unit`, the run of each row$/);
test(
  optionRefused,
  { weights: { a: 1 }, unit: [...new Array(15).fill('a'), 'b'] },
  /^weights must be given for every run, got none for b$/,
);
test(
  optionRefused,
  { params: { E: { value: 50 } } },
  /^E must be held below the smallest loss, 2\.135 in row 16, got 50$/,
);
test(
  optionRefused,
  { params: { E: { min: 3 } } },
  /^lower bound of E must be below the smallest loss, 2\.135 in row 16, got 3$/,
);
test(optionRefused, { huberDelta: 0 }, /^huberDelta must be a number above 0, got 0$/);
test(optionRefused, { level: 95 }, /^level must be in \(0, 1\), got 95$/);
test(optionRefused, { starts: 0 }, /^starts must be an integer in \[1, 100000\], got 0$/);
test(optionRefused, { seed: -1 }, /^seed must be an integer/);
test(optionRefused, { params: { gamma: { value: 1 } } }, /^unknown parameter of chinchilla "gamma"/);
test(optionRefused, { params: { E: { fixed: 1 } } }, /^unknown option of E "fixed"/);
test(optionRefused, { params: { E: { vary: false } } }, /^E must be given a value when vary is false/);
test(optionRefused, { params: { E: { min: 2, max: 1 } } }, /^bounds of E must be in/);
test(optionRefused, { params: { alpha: { start: 9 } } }, /^start of alpha must be in \[0, 5\], got 9$/);
test(optionRefused, { tie: { beta: 'beta' } }, /^tie of beta must be to another parameter that is free/);
test(optionRefused, { tie: { E: 'A' } }, /^tie of E must be to a parameter of linear scale/);
test(optionRefused, { weights: [1, 2] }, /^weights must have one entry a row \(16\), got 2$/);
test(optionRefused, { weights: new Array(16).fill(-1) }, /^weights, row 1 must be finite and 0 or above, got -1$/);
test(
  optionRefused,
  { params: Object.fromEntries(['E', 'A', 'B', 'alpha', 'beta'].map(name => [name, { value: 1 }])) },
  /^chinchilla needs at least 1 free parameter to fit/,
);

test('an asymptote held above a loss of weight 0 alone is taken', t => {
  const weights = loss.map(value => (value < 2.2 ? 0 : 1));
  t.is(fitLaw(good, law, { weights, params: { E: { value: 2.15 } } }).params.E.value, 2.15);
});

test(
  'predictFit(unknown input)',
  refused,
  () => predictFit(fitLaw(good, law), { N: 1e9, tokens: 1 }),
  /^unknown chinchilla input "tokens"/,
);
test('bootstrapFit(1 replicate)', refused, () => bootstrapFit(good, law, { replicates: 1 }), /^replicates must be in/);
test(
  'bootstrapFit(fewer units than parameters)',
  refused,
  () => bootstrapFit(good, law, { unit: Array.from(N, (_, row) => row % 4) }),
  /^bootstrap needs more units than the 5 free parameters, got 4$/,
);
