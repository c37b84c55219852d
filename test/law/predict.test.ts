import test from 'ava';
import { InputError } from '../../src/base/index.js';
import { findLaw, LAWS, predictLaw } from '../../src/law/index.js';

const chinchilla = findLaw('chinchilla');
const hoffmann = { E: 1.69, A: 406.4, B: 410.7, alpha: 0.34, beta: 0.28 };

// The split of Chinchilla's own loss as worked out in public from Hoffmann's constants: 0.083 for the size, 0.163 for the data.
test('predictLaw(chinchilla) at 70B parameters and 1.4T tokens is 1.69 + 0.083 + 0.163', t => {
  const at = (N: number, D: number) => predictLaw(chinchilla, hoffmann, { N, D }) - hoffmann.E;
  t.is(at(70e9, 1e300).toFixed(3), '0.083');
  t.is(at(1e300, 1.4e12).toFixed(3), '0.163');
});

test('predictLaw(power) gives Kaplan 2020 at 1 PF-day: (3.1e8)^0.050', t => {
  const { params } = findLaw('power').example;
  t.true(Math.abs(predictLaw(findLaw('power'), params, { x: 1 }) - 3.1e8 ** 0.05) < 1e-3);
});

test('findLaw(name) finds every law of the registry under its own name', t => {
  for (const law of LAWS) t.is(findLaw(law.name), law);
  t.is(new Set(LAWS.map(law => law.name)).size, LAWS.length);
});

const refused = (title: string, act: () => unknown, message: RegExp) =>
  test(title, t => {
    const error = t.throws(act, { instanceOf: InputError });
    t.regex(error.message, message);
    t.false(error.message.includes('\n'));
  });

refused('findLaw(misspelt) names the nearest law', () => findLaw('chinchila'), /did you mean chinchilla\?/);
refused(
  'predictLaw() refuses a missing input',
  () => predictLaw(chinchilla, hoffmann, { N: 1e9 }),
  /^chinchilla: D must be a finite number, got undefined$/,
);
refused(
  'predictLaw() refuses an unknown input',
  () => predictLaw(chinchilla, hoffmann, { N: 1e9, D: 1e9, T: 1 }),
  /^unknown chinchilla input "T"/,
);
refused(
  'predictLaw() refuses an input of 0 where powers are taken',
  () => predictLaw(chinchilla, hoffmann, { N: 0, D: 1e9 }),
  /^chinchilla: N must be above 0, got 0$/,
);
refused(
  'predictLaw() refuses a parameter outside its bounds',
  () => predictLaw(chinchilla, { ...hoffmann, alpha: -1 }, { N: 1e9, D: 1e9 }),
  /^chinchilla: alpha must be in \[0, 5\], got -1$/,
);
