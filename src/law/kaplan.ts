import { scaleRange } from './kaplan-axis.js';
import type { Law } from './law.js';

/**
 * Loss at N parameters and a data set of D tokens, trained until it stops to fall:
 * ((N_c / N)^(alpha_N / alpha_D) + D_c / D)^alpha_D.
 *
 * N leaves the embeddings out. There is no asymptote: both growing, the loss tends to 0.
 */
export const kaplan: Law = {
  name: 'kaplan',
  title: 'Kaplan: parameters and tokens',
  formula: '((N_c / N)^(alpha_N / alpha_D) + D_c / D)^alpha_D',
  inputs: [
    {
      name: 'N',
      unit: 'parameters, embeddings left out',
      meaning: 'model size',
      positive: true,
      trend: 'falls',
      drives: ['N_c', 'alpha_N'],
    },
    { name: 'D', unit: 'tokens', meaning: 'size of the data set', positive: true, trend: 'falls', drives: ['D_c'] },
  ],
  response: { name: 'loss', unit: 'nats per token' },
  params: [
    { name: 'N_c', min: 0, max: Infinity, scale: 'log', meaning: 'N at which endless data give a loss of 1' },
    { name: 'D_c', min: 0, max: Infinity, scale: 'log', meaning: 'D at which an endless model gives a loss of 1' },
    { name: 'alpha_N', min: 0, max: 5, scale: 'linear', meaning: 'exponent of N' },
    { name: 'alpha_D', min: 1e-3, max: 5, scale: 'linear', meaning: 'exponent of D' },
  ],
  residual: 'log',
  linear: [],
  ranges: columns => ({
    N_c: scaleRange(columns, 'N'),
    D_c: scaleRange(columns, 'D'),
    alpha_N: [0.02, 1],
    alpha_D: [0.02, 1],
  }),
  evaluate(params, inputs, gradient) {
    const [scaleN, scaleD, alphaN, alphaD] = [params[0], params[1], params[2], params[3]];
    const distance = Math.log(scaleN) - Math.log(inputs[0]);
    const logN = (alphaN / alphaD) * distance;
    const logD = Math.log(scaleD) - Math.log(inputs[1]);
    // Both terms over the larger one: (N_c / N)^(alpha_N / alpha_D) alone can pass the largest double.
    const largest = Math.max(logN, logD);
    const logSum = largest + Math.log(Math.exp(logN - largest) + Math.exp(logD - largest));
    const response = Math.exp(alphaD * logSum);
    if (gradient) {
      const shareN = Math.exp(logN - logSum);
      gradient[0] = (response * alphaN * shareN) / scaleN;
      gradient[1] = (response * alphaD * Math.exp(logD - logSum)) / scaleD;
      gradient[2] = response * shareN * distance;
      gradient[3] = response * (logSum - shareN * logN);
    }
    return response;
  },
  limits: [
    { inputs: { N: 1e200, D: 1e200 }, value: '0' },
    { inputs: { N: 1, D: 1e300 }, value: 'N_c^alpha_N' },
  ],
  example: {
    params: { N_c: 6.4e13, D_c: 1.8e13, alpha_N: 0.076, alpha_D: 0.103 },
    source: 'Kaplan 2020, table 2 (equation 1.5)',
  },
  source: 'Kaplan 2020, arXiv 2001.08361, equation 1.5',
};
