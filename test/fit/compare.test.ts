import test from 'ava';
import { loadRolloutSet, ROLLOUT_SETS } from '../../bench/rollout-sets.js';
import { InputError, pickRows } from '../../src/base/index.js';
import { CANDIDATES, compareLaws } from '../../src/fit/index.js';

const load = async (name: string) => {
  const set = ROLLOUT_SETS.find(one => one.name === name);
  if (set === undefined) throw new Error(name);
  return loadRolloutSet(set);
};
const named = (...names: string[]) => CANDIDATES.filter(({ name }) => names.includes(name));

test('compareLaws(Chinchilla) recommends by rollout, with the free asymptote beside it', async t => {
  const { columns } = await load('Chinchilla, figure 4');
  const { choice, advice, laws, drift } = compareLaws(columns, named('ND free', 'ND E 1.7', 'C E 1.7'), { folds: 4 });
  t.is(choice?.name, 'C E 1.7');
  t.true(advice.forecastable);
  t.regex(advice.text, /^forecast with C E 1\.7: .* beside it ND free missed /);
  t.is(drift?.verdict, 'settled');
  const [free, , path] = laws;
  t.true(Math.abs((free.objective ?? 0) / 0.0010182740178006 - 1) < 1e-8); // Besiroglu's objective at its optimum, by SciPy
  t.true((free.leaveOut?.median ?? 1) < 0.005 && free.leaveOut?.folds === 4 && free.leaveOut.runs === 240);
  t.is(path.aicc, null); // other rows: no common criterion
});

test('compareLaws(misfitting, below a decade of compute) says that nothing can be forecast, and why', async t => {
  const { columns } = await load('Misfitting, best learning rate');
  const lowest = Math.min(...columns.C);
  const small = pickRows(
    columns,
    Array.from(columns.C.keys()).filter(row => columns.C[row] <= 10 * lowest),
  );
  const { choice, advice } = compareLaws(small, undefined, { folds: 0 });
  t.is(choice, null);
  t.false(advice.forecastable);
  t.regex(advice.text, /^not forecastable: .* they span 1\.0 decades of compute and 1\.6 are needed/);
});

test('compareLaws(Gemstones, one shape left out): width, depth, N and tokens within .25 % in median and 1.1 % at p90', async t => {
  const { columns, unit } = await load('Gemstones, train loss');
  const { laws } = compareLaws(columns, named('WDNT free'), { unit, horizons: [1e6], first: 3 });
  const [{ leaveOut, objective }] = laws;
  t.true(Math.abs((objective ?? 0) / 0.0026427312 - 1) < 1e-6); // checked by SciPy; the paper has .0026427674
  t.is(leaveOut?.folds, 22);
  t.true(100 * (leaveOut?.median ?? 1) < 0.255 && 100 * (leaveOut?.p90 ?? 1) <= 1.1); // checked: .25 and 1.07
});

test('compareLaws() with a pin in the wrong unit keeps its row and says why it is refused', async t => {
  const { columns } = await load('Llama 3, isoFLOP');
  const { laws, choice } = compareLaws(columns, named('ND free', 'ND E 1.7'), { folds: 0 });
  t.regex(laws[1].refused ?? '', /another unit/);
  t.is(laws[1].objective, null);
  t.is(choice?.name, 'ND free');
});

test('compareLaws() refuses a reference that is no candidate, and units of another length', async t => {
  const { columns } = await load('OLMo ladder, C4');
  const candidates = named('ND free');
  t.throws(() => compareLaws(columns, candidates, { reference: 'x' }), {
    instanceOf: InputError,
    message: /reference/,
  });
  t.throws(() => compareLaws(columns, candidates, { unit: [1] }), { instanceOf: InputError, message: /unit/ });
});
