import test from 'ava';
import { InputError } from '../../../src/base/index.js';
import { createAkima } from '../../../src/fit/approaches/akima.js';

/** Values of SciPy 1.17's Akima1DInterpolator(x, y)(at). */
const SCIPY = [
  {
    x: [0, 1, 2.5, 3, 4.2, 6, 7],
    y: [1, 0.3, 0.1, 0.05, 0.4, 1.1, 1.2],
    at: [0, 0.2, 0.5, 1.7, 2.6, 3.5, 5, 6.5, 7],
    want: [
      1.0, 0.8066074074074074, 0.5476851851851852, 0.1969644086598676, 0.08752811594202897, 0.13940972222222217,
      0.7152897787590035, 1.195073940847322, 1.2000000000000002,
    ],
  },
  // straight on both sides of a point
  { x: [0, 1, 2, 3, 4], y: [0, 0, 0, 1, 1], at: [0.5, 1.5, 2.5, 3.5], want: [0, 0, 0.4375, 1.125] },
  { x: [0, 1, 3], y: [0, 2, 1], at: [0.5, 1.5, 2.5], want: [1.3125, 2.21875, 1.71875] },
];

for (const { x, y, at, want } of SCIPY)
  test(`createAkima(${x.length} points) has the values of SciPy's Akima1DInterpolator`, t => {
    const curve = createAkima(x, y);
    for (const [i, place] of at.entries())
      t.true(Math.abs(curve(place) - want[i]) < 1e-14, `at ${place}: ${curve(place)}`);
  });

test('createAkima(two points) is the line between them', t => {
  t.is(createAkima([1, 3], [5, 9])(2.5), 8);
});

test('createAkima() refuses x that do not rise', t => {
  t.throws(() => createAkima([0, 1, 1], [0, 1, 2]), {
    instanceOf: InputError,
    message: 'x of point 3 must be above 1, got 1',
  });
});
