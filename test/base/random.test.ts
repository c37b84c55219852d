import test from 'ava';
import { mean, standardDeviation } from 'simple-statistics';
import { createRandom, InputError } from '../../src/base/index.js';

const draws = (seed: number, count: number, draw: 'uniform' | 'normal') => {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => random[draw]());
};

test('createRandom(seed) repeats its digits and differs between seeds', t => {
  t.deepEqual(draws(7, 5, 'uniform'), draws(7, 5, 'uniform'));
  t.notDeepEqual(draws(7, 5, 'uniform'), draws(8, 5, 'uniform'));
});

test('normal() has mean 0 and standard deviation 1', t => {
  const values = draws(1, 20_000, 'normal');
  t.true(Math.abs(mean(values)) < 0.02);
  t.true(Math.abs(standardDeviation(values) - 1) < 0.02);
});

test('the first numbers of neighbouring seeds are as random as any', t => {
  const first = Array.from({ length: 500 }, (_, seed) => draws(seed, 1, 'normal')[0]);
  t.true(Math.abs(mean(first)) < 0.15, String(mean(first)));
  t.true(Math.abs(standardDeviation(first) - 1) < 0.1);
});

test('createRandom(5489) is the reference Mersenne Twister', t => {
  // Matsumoto and Nishimura: init_genrand(5489) gives 3499211612, 581869302, ... ; 26 low bits of each make a number
  const low = (value: number) => value % 2 ** 26;
  t.is(createRandom(5489).uniform(), (low(3499211612) * 2 ** 26 + low(581869302)) / 2 ** 52);
});

test('integer(below) reaches every value and no other', t => {
  const random = createRandom(3);
  const seen = new Set(Array.from({ length: 500 }, () => random.integer(7)));
  t.deepEqual([...seen].sort(), [0, 1, 2, 3, 4, 5, 6]);
});

test('fork() gives independent generators', t => {
  const random = createRandom(5);
  t.not(random.fork().uniform(), random.fork().uniform());
});

for (const seed of [-1, 0.5, Number.NaN, 2 ** 32])
  test(`createRandom(${seed}) is refused in one line`, t => {
    const error = t.throws(() => createRandom(seed), { instanceOf: InputError });
    t.regex(error.message, /^seed must be an integer in /);
  });
