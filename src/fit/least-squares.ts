import { levenbergMarquardt } from 'ml-levenberg-marquardt';
import type { Problem } from './problem.js';

/**
 * A least-squares step towards the optimum by ml-levenberg-marquardt, from one start.
 *
 * Its `weights` are inconsistent (the step divides by what the error multiplies by), so rows are whitened here and x
 * is only the row's index. It damps with lambda * I, hence thetas of order 1; it has no test of convergence, so the
 * caller judges the gradient and goes on from what is returned.
 */
export function descendLeastSquares(problem: Problem, start: Float64Array, maxIterations: number): Float64Array {
  const { rows, size, weights, slots } = problem;
  const roots = weights.map(Math.sqrt);
  const zero = new Float64Array(rows);
  const index = zero.map((_, row) => row);
  const residuals = new Float64Array(rows);
  const jacobian = new Float64Array(rows * size);
  const { parameterValues } = levenbergMarquardt(
    { x: index, y: zero },
    theta => {
      const inside = problem.residuals(theta, residuals);
      return row => (inside ? residuals[row] * roots[row] : Number.NaN);
    },
    {
      initialValues: start,
      minValues: slots.lower,
      maxValues: slots.upper,
      maxIterations,
      errorTolerance: 0,
      jacobianFunction: theta => {
        problem.linearize(theta, residuals, jacobian);
        return row => Array.from(jacobian.subarray(row * size, (row + 1) * size), entry => entry * roots[row]);
      },
    },
  );
  return Float64Array.from(parameterValues);
}

/**
 * The same, or the start itself where the law overflows on the way: the package then fails inside its linear solver.
 */
export function tryLeastSquares(problem: Problem, start: Float64Array, maxIterations: number): Float64Array {
  try {
    return descendLeastSquares(problem, start, maxIterations);
  } catch (error) {
    if (error instanceof Error && /not symmetric|singular/i.test(error.message)) return start;
    throw error;
  }
}
