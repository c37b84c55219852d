import test from 'ava';
import { loadRolloutSet, ROLLOUT_SETS } from '../../bench/rollout-sets.js';
import { type Columns, InputError, pickRows } from '../../src/base/index.js';
import {
  CANDIDATES,
  type Candidate,
  chooseLaw,
  type DriftVerdict,
  driftOfAsymptote,
  honestRollout,
  rolloutLaws,
  scoreHorizons,
} from '../../src/fit/index.js';
import { findLaw } from '../../src/law/index.js';

// Values 'checked' come from independent code (SciPy) on the same rows, written before this code.

const load = async (name: string) => {
  const set = ROLLOUT_SETS.find(one => one.name === name);
  if (set === undefined) throw new Error(name);
  return (await loadRolloutSet(set)).columns;
};
const named = (...names: string[]) => CANDIDATES.filter(({ name }) => names.includes(name));
const percent = (share: number) => 100 * share;

const drifts = test.macro({
  async exec(t, name: string, checked: readonly number[], verdict: DriftVerdict) {
    const drift = driftOfAsymptote(await load(name), findLaw('chinchilla'), { fit: { starts: 16 } });
    t.is(drift.steps.length, checked.length);
    for (const [k, E] of checked.entries()) t.true(Math.abs((drift.steps[k].E ?? Number.NaN) - E) < 0.0051, `${k}`);
    t.is(drift.verdict, verdict);
    t.is(drift.text.includes('delta'), verdict !== 'settled');
  },
  title: (_, name) => `driftOfAsymptote(${name}) gives the series of E found by independent code, and its verdict`,
});
test(drifts, 'Chinchilla, figure 4', [2.07, 1.82, 1.85, 1.93, 1.86, 1.83, 1.82, 1.82], 'settled');
test(drifts, 'Llama 3, isoFLOP', [0.65, 0.65, 0.63, 0.61, 0.59, 0.59], 'settled');
test(drifts, 'Porian, RefinedWeb', [3.91, 3.73, 3.59, 3.21, 2.87, 2.69, 2.55], 'falling');
test(drifts, 'Porian, OpenWebText2', [3.63, 3.35, 3.16, 2.87, 2.44, 2.3, 2.12], 'falling');
test(drifts, 'Misfitting, best learning rate', [0, 0, 2.49, 2.07, 1.79, 1.39, 1.4], 'falling');

const reaches = test.macro<[string, { median: number; p90: number; free: number }, readonly string[]]>({
  async exec(t, name, goal, laws) {
    const rollouts = rolloutLaws(await load(name), named('ND free', ...laws));
    const { chosen, reference } = honestRollout(rollouts, { reference: 'ND free' });
    const at = (scores: typeof chosen) => scores.find(({ horizon }) => horizon === 10);
    t.true(percent(at(chosen)?.median ?? Infinity) <= goal.median);
    t.true(percent(at(chosen)?.p90 ?? Infinity) <= goal.p90);
    t.true(Math.abs(percent(at(reference)?.median ?? Infinity) / goal.free - 1) < 0.05); // checked
  },
  title: (_, name, goal) =>
    `laws chosen blind forecast ${name} at 10 times the compute within ${goal.median} % in median, ${goal.p90} % at the 90th percentile`,
});
test(reaches, 'Chinchilla, figure 4', { median: 0.5, p90: 0.9, free: 1.41 }, ['ND E 1.7', 'C free', 'C E 1.7']);
test(reaches, 'kyotakano', { median: 0.6, p90: 1, free: 1.06 }, ['ND E 1.7', 'C free', 'C E 1.7']);
test(reaches, 'Porian, RefinedWeb', { median: 0.3, p90: 0.9, free: 9.1 }, ['ND E 1.7', 'C free', 'C E 1.7']);
test(reaches, 'Porian, OpenWebText2', { median: 0.7, p90: 2.2, free: 10 }, ['ND E 1.7', 'C free', 'C E 1.7']);
test(reaches, 'Llama 3, isoFLOP', { median: 1.7, p90: 2, free: 1.7 }, ['ND E 1.7', 'C E 1.7', 'C exponent prior']);
test(reaches, 'Misfitting, best learning rate', { median: 1.1, p90: 2, free: 1.2 }, ['ND E 1.7', 'C E 1.7']);

test('rolloutLaws(Porian, RefinedWeb) has the errors of L(N, D) found by independent code: 5.8/8.6, 9.5/11, 15/17 %', async t => {
  const rollouts = rolloutLaws(await load('Porian, RefinedWeb'), named('ND free'));
  const scores = scoreHorizons(rollouts.rollouts, rollouts);
  const checked = [
    [5.8, 8.6],
    [9.5, 11],
    [15, 17],
  ];
  t.deepEqual(
    scores.map(({ horizon }) => horizon),
    [4, 10, 30],
  );
  scores.forEach(({ median, p90 }, k) => {
    t.true(Math.abs(percent(median) / checked[k][0] - 1) < 0.05 && Math.abs(percent(p90) / checked[k][1] - 1) < 0.05);
  });
});

test('a choice at a cut-off does not change with what lies beyond it', async t => {
  const columns = await load('Porian, RefinedWeb');
  const candidates = named('ND free', 'C free', 'C E 1.7');
  const rollouts = rolloutLaws(columns, candidates);
  const cutoff = rollouts.cutoffs[7];
  const spoiled = columns.loss.map((loss, row) => (columns.C[row] > cutoff ? 2 * loss - 1.9 : loss));
  const choice = chooseLaw(rollouts, cutoff);
  t.not(choice, null);
  t.deepEqual(chooseLaw(rolloutLaws({ ...columns, loss: spoiled }, candidates), cutoff), choice);
});

test('chooseLaw() takes the fewest constants among candidates whose past errors are alike', async t => {
  const rollouts = rolloutLaws(await load('Chinchilla, figure 4'), named('ND E 1.7', 'C E 1.7'));
  const choice = chooseLaw(rollouts, Infinity, { tie: 100 });
  t.is(choice?.name, 'C E 1.7'); // 2 free constants against 4
});

test('rolloutLaws() refuses a pin above the smallest loss at every cut-off: Llama 3 is in other units', async t => {
  const { rollouts } = rolloutLaws(await load('Llama 3, isoFLOP'), named('ND E 1.7'));
  t.true(rollouts.length > 0);
  for (const { fit, refused } of rollouts) {
    t.is(fit, null);
    t.regex(refused ?? '', /^E must be held below the smallest loss, 0\.\d+ in row \d+, got 1\.7/);
  }
});

test('a prior pulls an exponent: hard when it is narrow, not at all when it is wide', async t => {
  const { N, D, C, loss } = await load('Chinchilla, figure 4');
  const rows = Array.from(C.keys()).filter(row => C[row] < 1e20);
  const columns: Columns = pickRows({ N, D, C, loss }, rows);
  const alpha = (sd: number | null) => {
    const prior: Candidate['prior'] = sd === null ? {} : { alpha: { median: 0.5, sd } };
    const { rollouts } = rolloutLaws(columns, [{ name: 'one', law: 'chinchilla', options: { starts: 16 }, prior }]);
    return rollouts.at(-1)?.fit?.params.alpha.value ?? Number.NaN;
  };
  t.true(Math.abs(alpha(1e-4) - 0.5) < 1e-3);
  t.true(Math.abs(alpha(1e4) / alpha(null) - 1) < 1e-3);
  t.true(alpha(0.05) > alpha(null) && alpha(0.05) < 0.5);
});

const refused = test.macro({
  async exec(t, act: (columns: Columns) => unknown, message: RegExp) {
    const columns = await load('Porian, RefinedWeb');
    const error = t.throws(() => act(columns), { instanceOf: InputError });
    t.regex(error?.message ?? '', message);
  },
  title: title => `${title} is refused in one line`,
});
test('an unknown option', refused, c => rolloutLaws(c, CANDIDATES.slice(0, 1), { horizon: [4] } as object), /horizon/);
test('a horizon of 1', refused, c => rolloutLaws(c, CANDIDATES.slice(0, 1), { horizons: [1] }), /factors above 1/);
test('a column that is not there', refused, c => rolloutLaws(c, [{ name: 'a', law: 'wdt' }]), /"width"/);
test('an unknown law', refused, c => rolloutLaws(c, [{ name: 'a', law: 'chinchila' }]), /chinchilla/);
test('two candidates of one name', refused, c => rolloutLaws(c, named('ND free').concat(named('ND free'))), /twice/);
test('no candidate', refused, c => rolloutLaws(c, []), /at least 1/);
test(
  'compute of 0',
  refused,
  c => rolloutLaws({ ...c, C: c.C.map(() => 0) }, CANDIDATES.slice(0, 1)),
  /column C, row 1/,
);
test('a tie below 1', refused, c => chooseLaw(rolloutLaws(c, named('C E 1.7')), Infinity, { tie: 0.5 }), /tie/);
test(
  'a prior of a held constant',
  refused,
  c => rolloutLaws(c, [{ ...named('C E 1.7')[0], prior: { E: { median: 1, sd: 1 } } }]),
  /free parameter/,
);
