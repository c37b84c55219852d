import test from 'ava';
import { InputError } from '../../src/base/index.js';
import { compareExpected } from '../../src/verify/fits-compare.js';
import type { Expectation, Made } from '../../src/verify/fits-schema.js';
import { parseFitSpec } from '../../src/verify/index.js';

const MINIMAL = `
title: t
source: s
dataset: hoffmann-2022-fig4
where: loss < 3
law: chinchilla
fits: [{ name: a, about: b, expect: [{ what: E, value: 1, source: s }] }]
`;

test('parseFitSpec(text) fills what is left out', t => {
  const spec = parseFitSpec(MINIMAL, 'x.yaml');
  t.is(spec.name, 'x');
  t.like(spec.fits[0], { method: 'law', options: {} });
  t.like(spec.fits[0].expect[0], { rule: 'near', tolerance: 0, recalled: false });
});

test('parseFitSpec(text) gives each fit the data of its file, unless it names its own', t => {
  const own = parseFitSpec(MINIMAL.replace('about: b', 'about: b, where: null, law: power'), 'x.yaml');
  t.like(parseFitSpec(MINIMAL, 'x.yaml').fits[0], {
    dataset: 'hoffmann-2022-fig4',
    where: 'loss < 3',
    law: 'chinchilla',
  });
  t.like(own.fits[0], { dataset: 'hoffmann-2022-fig4', where: null, law: 'power' });
});

const refused = test.macro({
  exec(t, from: string, to: string, message: RegExp) {
    const error = t.throws(() => parseFitSpec(MINIMAL.replace(from, to), 'x.yaml'), { instanceOf: InputError });
    t.regex(error.message, message);
    t.false(error.message.includes('\n'));
  },
  title: (what = '') => `parseFitSpec(text) refuses ${what} in one line`,
});

test('an unknown key, by its path,', refused, 'value: 1', 'valeu: 1', /^x\.yaml: fits\.0\.expect\.0: .*valeu/);
test('a missing value', refused, 'value: 1, ', '', /^x\.yaml: fits\.0\.expect\.0: value must be given/);
test('an unknown method', refused, 'name: a', 'name: a, method: lwa', /^x\.yaml: fits\.0\.method: unknown fit .*law/);
test('an unknown option', refused, 'name: a', 'name: a, options: { rhu: 1 }', /^x\.yaml: fits\.0\.options: .*rhu/);
test('a missing number without a reason', refused, 'value: 1', 'value: 1, rule: missing', /: note must say why/);
test(
  'a verdict that does not exist',
  refused,
  'what: E',
  'what: atBuond of E, rule: says',
  /: unknown verdict .*atBound/,
);
test('what is not YAML', refused, 'fits: [', 'fits: [[', /^x\.yaml must be YAML, got: /);

const made: Made = { values: { E: 1.7, alpha: 0.34 }, verdicts: [{ code: 'atBound', text: 'E sits on its bound 0' }] };
const row = (want: Partial<Expectation>) =>
  compareExpected('a', made, {
    what: 'E',
    value: 1.7,
    tolerance: 0,
    rule: 'near',
    source: 's',
    recalled: false,
    ...want,
  });

test('compareExpected(...) takes the tolerance relative to theirs, and as it is where theirs is 0', async t => {
  t.is((await row({ value: 1.71, tolerance: 0.006 })).outcome, 'agrees');
  t.is((await row({ value: 1.71, tolerance: 0.005 })).outcome, 'differs');
  t.is((await row({ what: 'E - 1.7', value: 0, tolerance: 1e-9 })).outcome, 'agrees');
});

test('compareExpected(...) lets an objective be lower by any amount, and higher by the tolerance', async t => {
  t.is((await row({ rule: 'atMost', value: 9 })).outcome, 'agrees');
  t.is((await row({ rule: 'atMost', value: 1.69, tolerance: 1e-6 })).outcome, 'differs');
});

test('compareExpected(...) asks for a verdict by its code, and by what its text names', async t => {
  t.like(await row({ rule: 'says', what: 'atBound of E', value: undefined }), { outcome: 'agrees', ours: 1 });
  t.like(await row({ rule: 'says', what: 'atBound of alpha', value: undefined }), { outcome: 'differs', ours: 0 });
});

test('compareExpected(...) never leaves out what cannot be made again, nor fails what a note explains', async t => {
  t.like(await row({ rule: 'missing', note: 'n' }), { outcome: 'missing', ours: null, note: 'n' });
  t.like(await row({ value: 2, note: 'n', recalled: true }), { outcome: 'noted', inputs: 'recalled' });
});

test('compareExpected(...) refuses a name that the fit did not make', async t => {
  await t.throwsAsync(row({ what: 'gamma' }), { instanceOf: InputError, message: /gamma/ });
});
