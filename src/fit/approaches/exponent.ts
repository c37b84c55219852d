import { fail } from '../../base/index.js';

/** The best size (or tokens) of one compute budget. */
export interface BudgetOptimum {
  /** The budget, in FLOPs. */
  readonly C: number;
  readonly best: number;
  readonly loss: number;
  /** Standard deviation of ln best under noise in the losses; null when none was drawn. */
  readonly sd: number | null;
}

/** best = coefficient * C^exponent. */
export interface ComputeLaw {
  readonly exponent: number;
  readonly coefficient: number;
  /** Standard error of the exponent under equal scatter about the line; 0 for two budgets. */
  readonly se: number;
  readonly r2: number;
  readonly budgets: number;
}

/**
 * A straight line through ln best against ln C by least squares; `weighted` gives each budget 1 / sd^2.
 *
 * @example fitComputeLaw([{ C: 1e18, best: 1e8, loss: 3, sd: null }, { C: 1e20, best: 1e9, loss: 2.5, sd: null }]).exponent // => 0.5
 */
export function fitComputeLaw(
  optima: readonly BudgetOptimum[],
  { weighted = false }: { readonly weighted?: boolean } = {},
): ComputeLaw {
  if (new Set(optima.map(({ C }) => C)).size < 2)
    fail(`an exponent needs the optimum of at least 2 budgets, got ${optima.length}`);
  const weights = optima.map(({ sd, C }) => {
    if (!weighted) return 1;
    return sd !== null && sd > 0 ? 1 / sd ** 2 : fail(`weights need an sd above 0 at every budget, got ${sd} at ${C}`);
  });
  const mass = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = (values: readonly number[]) => values.reduce((sum, value, i) => sum + weights[i] * value, 0) / mass;
  const [x, y] = [optima.map(({ C }) => Math.log(C)), optima.map(({ best }) => Math.log(best))];
  const [middleX, middleY] = [mean(x), mean(y)];
  const spread = mean(x.map(value => (value - middleX) ** 2));
  const exponent = mean(x.map((value, i) => (value - middleX) * (y[i] - middleY))) / spread;
  const intercept = middleY - exponent * middleX;
  // scikit-learn's score, which Porian 2024 prints, leaves the weights out
  const left = y.reduce((sum, value, i) => sum + (value - intercept - exponent * x[i]) ** 2, 0);
  const plainMean = y.reduce((sum, value) => sum + value, 0) / y.length;
  const all = y.reduce((sum, value) => sum + (value - plainMean) ** 2, 0);
  const scatter = mean(y.map((value, i) => (value - intercept - exponent * x[i]) ** 2));
  const freedom = optima.length - 2;
  return {
    exponent,
    coefficient: Math.exp(intercept),
    se: freedom > 0 ? Math.sqrt(scatter / spread / freedom) : 0,
    r2: all > 0 ? 1 - left / all : 1,
    budgets: optima.length,
  };
}
