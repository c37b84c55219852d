import { format } from '../base/index.js';
import { incompleteBeta } from './distribution.js';
import type { Problem } from './problem.js';

/** What a law misses, against what repeats of one run differ. */
export interface LackOfFit {
  /** Mean square of the groups about the law over that of rows about their group: about 1 where the law is true. */
  readonly f: number;
  readonly freedom: readonly [number, number];
  /** Chance of an F as large if the law is true and errors are normal and alike. */
  readonly p: number;
}

/** Below this the law is said not to fit. */
const DOUBT = 0.01;

/**
 * The F test of lack of fit: rows of equal inputs are repeats, and show the noise without any law. Null without
 * repeats, with more parameters than distinct inputs, or where repeats are copies. As anova(lm, lm(y ~ factor(x))) in R.
 */
export function testLackOfFit(problem: Problem, residuals: Float64Array): LackOfFit | null {
  const { rows, size, inputs, weights } = problem;
  const groups = new Map<string, { mass: number; sum: number; squares: number }>();
  for (let row = 0; row < rows; row++) {
    const key = inputs[row].join(' ');
    const group = groups.get(key) ?? { mass: 0, sum: 0, squares: 0 };
    group.mass += weights[row];
    group.sum += weights[row] * residuals[row];
    group.squares += weights[row] * residuals[row] ** 2;
    groups.set(key, group);
  }
  const freedom: [number, number] = [groups.size - size, rows - groups.size];
  if (!(freedom[0] > 0 && freedom[1] > 0)) return null;
  let [about, within] = [0, 0];
  for (const { mass, sum, squares } of groups.values()) {
    const mean = mass > 0 ? sum ** 2 / mass : 0;
    about += mean;
    within += squares - mean;
  }
  if (!(within > 1e-12 * about)) return null;
  const f = about / freedom[0] / (within / freedom[1]);
  return { f, freedom, p: incompleteBeta(freedom[1] / (freedom[1] + freedom[0] * f), freedom[1] / 2, freedom[0] / 2) };
}

/** One sentence, or null where the repeats say nothing against the law. */
export function lackText(lack: LackOfFit | null): string | null {
  if (lack === null || lack.p > DOUBT) return null;
  const { f, freedom, p } = lack;
  return `the law misses the rows by more than repeats of one run differ (F(${freedom.join(', ')}) = ${format.digits(f, 3)}, p = ${format.digits(p, 2)}): what is left over is form, not noise; look at the residuals against each input, and try a law with another term`;
}
