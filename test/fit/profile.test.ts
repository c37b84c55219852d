import test from 'ava';
import { loadRolloutSet, ROLLOUT_SETS } from '../../bench/rollout-sets.js';
import { InputError } from '../../src/base/index.js';
import { fitLaw, type ProfileInterval, profileFit } from '../../src/fit/index.js';
import { findLaw } from '../../src/law/index.js';
import { chinchillaPoints } from './chinchilla-points.js';
import { nistColumns, saturation } from './saturation.js';
import { SWEEP, simulate } from './simulate.js';

// Reference values: lmfit 1.3.4 conf_interval and SciPy 1.17 (BFGS for each held value, brentq for the limit).

const chinchilla = findLaw('chinchilla');
const isNear = ({ lo, hi }: ProfileInterval, want: readonly [number, number], tolerance: number) =>
  [lo, hi].every((got, side) => got !== null && Math.abs(got / want[side] - 1) < tolerance);

const confInterval = test.macro({
  exec(t, problem: 'Misra1a' | 'BoxBOD', level: number, want: Record<string, [number, number]>) {
    const columns = nistColumns(problem);
    const options = { rho: 'squared', level } as const;
    const profiles = profileFit(columns, fitLaw(columns, saturation, options), options);
    for (const [name, limits] of Object.entries(want)) t.true(isNear(profiles[name], limits, 1e-6), name);
  },
  title: (_, problem, level) => `profileFit(${problem}, squared, ${level}) has the limits of lmfit's conf_interval`,
});

test(confInterval, 'Misra1a', 0.95, {
  b1: [233.19530796, 245.01736924],
  b2: [0.00053431826793, 0.00056602989728],
});
test(confInterval, 'BoxBOD', 0.9, { b1: [188.04293363, 246.18603177], b2: [0.34824718124, 0.89918250693] });
test(confInterval, 'BoxBOD', 0.95, { b1: [180.96700467, 258.56777711], b2: [0.30258962269, 1.07305320495] });

test('profileFit(huber) has the limits that SciPy finds by the likelihood whose scale is fitted', t => {
  const columns = chinchillaPoints();
  const { E, alpha } = profileFit(columns, fitLaw(columns, chinchilla), { of: ['E', 'alpha'] });
  t.true(isNear(E, [1.784193086457, 1.847225190098], 1e-7));
  t.true(isNear(alpha, [0.324739489951, 0.367219852317], 1e-7));
  t.false(E.better || alpha.better);
});

test('the deviance rises away from the optimum and stands at the threshold at the limits', t => {
  const columns = chinchillaPoints();
  const { points, threshold, lo, hi, value } = profileFit(columns, fitLaw(columns, chinchilla), { of: ['beta'] }).beta;
  const at = (place: number | null) => points.find(point => point.value === place)?.deviance ?? Number.NaN;
  t.true(Math.abs(at(lo) / threshold - 1) < 1e-5 && Math.abs(at(hi) / threshold - 1) < 1e-5);
  t.is(at(value), 0);
});

test('a side that the rows leave open is null: E of the misfitting runs has no lower limit', async t => {
  const set = ROLLOUT_SETS.find(
    ({ name }) => name === 'Misfitting, best learning rate',
  ) as (typeof ROLLOUT_SETS)[number];
  const { columns } = await loadRolloutSet(set);
  const { E, beta } = profileFit(columns, fitLaw(columns, chinchilla), { of: ['E', 'beta'] });
  t.is(E.lo, null);
  t.true(E.hi !== null && E.hi > E.value);
  t.true(beta.lo !== null && beta.hi !== null);
});

test('profileFit() holds tied parameters together, and skips held ones', t => {
  const truth = { E: 1.69, A: 406.4, B: 410.7, alpha: 0.31, beta: 0.31 };
  const columns = simulate(chinchilla, truth, { inputs: SWEEP, noise: 0.005 });
  const options = { rho: 'squared', tie: { beta: 'alpha' }, params: { E: { value: 1.69 } } } as const;
  const profiles = profileFit(columns, fitLaw(columns, chinchilla, options), options);
  t.deepEqual(Object.keys(profiles), ['A', 'B', 'alpha']);
  t.true((profiles.alpha.lo ?? 1) < 0.31 && (profiles.alpha.hi ?? 0) > 0.31);
});

test('profileFit(unit) is wider where the rows of a run share an error', t => {
  const columns = chinchillaPoints();
  const unit = Array.from(columns.loss, (_, row) => Math.floor(row / 10));
  const width = (options: object) => {
    const { lo, hi } = profileFit(columns, fitLaw(columns, chinchilla, options), { ...options, of: ['E'] }).E;
    return (hi ?? Infinity) - (lo ?? 0);
  };
  t.true(width({ unit }) > 1.3 * width({}));
});

test('profileFit() refuses a fit of other rows', t => {
  const fit = fitLaw(chinchillaPoints(0), chinchilla);
  const { message } = t.throws(() => profileFit(chinchillaPoints(), fit), { instanceOf: InputError });
  t.regex(
    message,
    /^fit must be made from the same rows and options \(240 rows and 5 free parameters\), got one of 245 rows/,
  );
});
