import { bisect, errorFunction, gammaln } from 'simple-statistics';

/** Density of the standard normal. */
export const normalDensity = (z: number) => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);

/** Share of the standard normal between two points, from < to. */
export const normalBetween = (from: number, to: number) =>
  (errorFunction(to / Math.SQRT2) - errorFunction(from / Math.SQRT2)) / 2;

/**
 * The t with P(|T| <= t) = level for Student's distribution: what a standard error is multiplied by.
 *
 * @param level in (0, 1)
 * @param freedom degrees of freedom, above 0; the normal is the limit
 * @example studentTwoSided(0.95, 10) // => 2.2281388...
 */
export function studentTwoSided(level: number, freedom: number): number {
  // P(|T| > t) = I_x(freedom / 2, 1 / 2) at x = freedom / (freedom + t^2); t = exp(u) spans every level.
  const beyond = (u: number) => incompleteBeta(freedom / (freedom + Math.exp(2 * u)), freedom / 2, 0.5);
  return Math.exp(bisect(u => beyond(u) - (1 - level), -60, 60, 200, 1e-13));
}

/** Regularised incomplete beta function I_x(a, b), by its continued fraction (Lentz). Source: DLMF 8.17.22. */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(gammaln(a + b) - gammaln(a) - gammaln(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= 300; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    for (const term of [even, odd]) {
      d = 1 / (1 + term * d);
      c = 1 + term / c;
      fraction *= c * d;
    }
    if (Math.abs(c * d - 1) < 1e-15) break;
  }
  return front * fraction;
}
