/** What is summed over the residuals. Add a function here and every search and covariance can use it. */
export interface Rho {
  readonly name: 'squared' | 'huber';
  /** Where the function leaves the square; Infinity for the square itself. */
  readonly delta: number;
  value(residual: number): number;
  /** First derivative. */
  slope(residual: number): number;
  /** Second derivative, 0 on the linear part. */
  curvature(residual: number): number;
}

const SQUARED: Rho = {
  name: 'squared',
  delta: Infinity,
  value: residual => (residual * residual) / 2,
  slope: residual => residual,
  curvature: () => 1,
};

/** Huber's function: r^2 / 2 up to delta, delta (|r| - delta / 2) beyond. Agrees with scipy.special.huber. */
const huber = (delta: number): Rho => ({
  name: 'huber',
  delta,
  value(residual) {
    const size = Math.abs(residual);
    return size <= delta ? (size * size) / 2 : delta * (size - delta / 2);
  },
  slope: residual => Math.min(delta, Math.max(-delta, residual)),
  curvature: residual => (Math.abs(residual) <= delta ? 1 : 0),
});

/** The function by name; `delta` counts for Huber's alone. */
export const createRho = (name: Rho['name'], delta: number): Rho => (name === 'squared' ? SQUARED : huber(delta));
