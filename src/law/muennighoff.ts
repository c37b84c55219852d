import type { Law } from './law.js';

// The larger of two, as a formula: unlike the smaller of two, (a + b - |a - b|) / 2, it loses no digits.
const larger = (a: string, b: string) => `((${a} + ${b} + abs(${a} - ${b})) / 2)`;
const FRESH = `(U * D / ${larger('U', 'D')})`;
const BEST = `(alpha * A / (beta * B) * ${FRESH}^beta)^(1 / alpha)`;
const USED = `(N * ${BEST} / ${larger('N', BEST)})`;
const decayed = (once: string, all: string, rate: string) =>
  `(${once} * (1 + ${rate} * (1 - exp(-(${all} / ${once} - 1) / ${rate}))))`;

/**
 * The law of parameters and tokens when data are repeated: U different tokens, seen D / U times.
 *
 * A repeat is worth less than a fresh token, by a factor e after R_D repeats; parameters beyond those that U tokens can
 * feed (N_U, where U is the best number of tokens for N_U) fade in the same way with R_N:
 * D' = u (1 + R_D (1 - exp(-(D/u - 1) / R_D))) with u = min(U, D), and N' alike from min(N, N_U).
 * At U >= D and N <= N_U it is the law `chinchilla`.
 */
export const muennighoff: Law = {
  name: 'muennighoff',
  title: 'Muennighoff: repeated data',
  formula: `E + A / ${decayed(USED, 'N', 'R_N')}^alpha + B / ${decayed(FRESH, 'D', 'R_D')}^beta`,
  inputs: [
    { name: 'N', unit: 'parameters', meaning: 'model size', positive: true, trend: 'falls', drives: ['alpha', 'R_N'] },
    { name: 'U', unit: 'tokens', meaning: 'different tokens there are', positive: true, trend: 'falls', drives: [] },
    {
      name: 'D',
      unit: 'tokens',
      meaning: 'tokens seen in training, repeats counted',
      positive: true,
      trend: 'falls',
      drives: ['beta', 'R_D'],
    },
  ],
  response: { name: 'loss', unit: 'nats per token' },
  params: [
    { name: 'E', min: 0, max: Infinity, scale: 'linear', meaning: 'irreducible loss' },
    { name: 'A', min: 0, max: Infinity, scale: 'log', meaning: 'loss for want of parameters, at N = 1' },
    { name: 'B', min: 0, max: Infinity, scale: 'log', meaning: 'loss for want of tokens, at D = 1' },
    // N_U has an exponent of 1 / alpha.
    { name: 'alpha', min: 0.01, max: 5, scale: 'linear', meaning: 'exponent of N' },
    { name: 'beta', min: 0.01, max: 5, scale: 'linear', meaning: 'exponent of D' },
    { name: 'R_D', min: 0, max: Infinity, scale: 'log', meaning: 'repeats after which a token is worth 1/e' },
    { name: 'R_N', min: 0, max: Infinity, scale: 'log', meaning: 'the same for parameters in excess' },
  ],
  residual: 'log',
  // N_U depends on A and B, so they are no factors of a fixed term, as they are in `chinchilla`.
  linear: [],
  ranges: ({ loss }) => ({
    E: [0, Math.min(...loss)],
    A: [50, 5e4],
    B: [50, 5e4],
    alpha: [0.2, 0.6],
    beta: [0.2, 0.6],
    R_D: [2, 50],
    R_N: [1, 50],
  }),
  evaluate(params, inputs, gradient) {
    const [E, A, B, alpha, beta, rateD, rateN] = [0, 1, 2, 3, 4, 5, 6].map(k => params[k]);
    const [N, D] = [inputs[0], inputs[2]];
    const fresh = Math.min(inputs[1], D);
    const logFresh = Math.log(fresh);
    const data = decay(fresh, D, rateD);
    const termD = B * Math.exp(-beta * Math.log(data.worth));
    const logBest = (Math.log((alpha * A) / (beta * B)) + beta * logFresh) / alpha;
    const best = Math.exp(logBest);
    const excess = N > best;
    const model = decay(excess ? best : N, N, rateN);
    const termN = A * Math.exp(-alpha * Math.log(model.worth));
    if (gradient) {
      const slope = excess ? ((-alpha * termN) / model.worth) * model.byOnce * best : 0;
      gradient[0] = 1;
      gradient[1] = termN / A + slope / (alpha * A);
      gradient[2] = termD / B - slope / (alpha * B);
      gradient[3] = -termN * Math.log(model.worth) + (slope * (1 / alpha - logBest)) / alpha;
      gradient[4] = -termD * Math.log(data.worth) + (slope * (logFresh - 1 / beta)) / alpha;
      gradient[5] = ((-beta * termD) / data.worth) * data.byRate;
      gradient[6] = ((-alpha * termN) / model.worth) * model.byRate;
    }
    return E + termN + termD;
  },
  limits: [
    { inputs: { N: 1e200, U: 1e200, D: 1e200 }, value: 'E' },
    { inputs: { N: 1, U: 1e200, D: 1e200 }, value: 'E + A' },
  ],
  example: {
    params: { E: 1.8691, A: 520.8, B: 1487.7, alpha: 0.35266, beta: 0.35266, R_D: 15.388, R_N: 5.3097 },
    source: 'Muennighoff 2023, appendix A, C4: exp(0.6254804), exp(6.255414), exp(7.3049974)',
  },
  source: 'Muennighoff 2023, arXiv 2305.16264, equations 5 and 6',
};

/** What `all` is worth when only `once` of it is new, with its derivatives by `once` and by the rate of the decay. */
function decay(once: number, all: number, rate: number) {
  const repeats = all / once - 1;
  const left = Math.exp(-repeats / rate);
  const gained = -Math.expm1(-repeats / rate);
  return {
    worth: once * (1 + rate * gained),
    byOnce: 1 + rate * gained - left * (repeats + 1),
    byRate: once * (gained - (repeats / rate) * left),
  };
}
