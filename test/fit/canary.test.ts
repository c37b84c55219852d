import test from 'ava';
import { levenbergMarquardt } from 'ml-levenberg-marquardt';

// These hold what ml-levenberg-marquardt 5.1.0 gets wrong. When one fails after an upgrade the fault is mended, and
// src/fit/least-squares.ts may be made simpler.

test('canary: weights multiply the error and divide the step, so that the reported error is not that of sigmas', t => {
  const { parameterError, parameterValues } = levenbergMarquardt(
    { x: [0, 1, 2], y: [1, 2, 4] },
    ([a]) =>
      () =>
        a,
    { initialValues: [2], weights: [0.1, 0.1, 0.1], centralDifference: true, gradientDifference: 1e-6 },
  );
  const squares = [1, 2, 4].reduce((sum, y) => sum + (y - parameterValues[0]) ** 2, 0);
  t.true(Math.abs(parameterError - squares * 0.1 ** 2) < 1e-9); // sigmas of 0.1 would give squares / 0.1 ** 2
});

test('canary: a gradientDifference of 0 holds a parameter only at the end of the list', t => {
  const x = [0, 1, 2, 3];
  const data = { x, y: x.map(at => 1 + 2 * at) };
  const fit = (gradientDifference: number[]) =>
    levenbergMarquardt(
      data,
      ([a, b]) =>
        at =>
          a + b * at,
      { initialValues: [0, 0], gradientDifference },
    ).parameterValues;
  t.is(fit([1e-6, 0])[1], 0);
  t.not(fit([0, 1e-6])[0], 0);
});

test('canary: the search reports no convergence, only the iterations it was allowed', t => {
  const x = [0, 1, 2, 3];
  const fit = levenbergMarquardt(
    { x, y: [1, 3, 5, 8] },
    ([a, b]) =>
      at =>
        a + b * at,
    {
      initialValues: [1, 2],
      centralDifference: true,
      gradientDifference: 1e-6,
      maxIterations: 50,
    },
  );
  t.is(fit.iterations, 50);
});
