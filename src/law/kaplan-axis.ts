import { mean } from 'simple-statistics';
import type { Columns } from '../base/index.js';
import type { Law } from './law.js';

type Form = Omit<Law, 'name' | 'title' | 'example' | 'source'>;

/** The parts of (v_c / v)^alpha_v for one axis v. */
export function kaplanAxis({ input, unit, meaning }: { input: string; unit: string; meaning: string }): Form {
  const [scale, exponent] = [`${input}_c`, `alpha_${input}`];
  return {
    formula: `(${scale} / ${input})^${exponent}`,
    inputs: [{ name: input, unit, meaning, positive: true, trend: 'falls', drives: [exponent] }],
    response: { name: 'loss', unit: 'nats per token' },
    params: [
      { name: scale, min: 0, max: Infinity, scale: 'log', meaning: `${input} at which the law gives a loss of 1` },
      { name: exponent, min: 0, max: 5, scale: 'linear', meaning: `exponent of ${input}` },
    ],
    residual: 'log',
    linear: [],
    ranges: columns => ({ [scale]: scaleRange(columns, input), [exponent]: [0.02, 1] }),
    evaluate(params, inputs, gradient) {
      const distance = Math.log(params[0]) - Math.log(inputs[0]);
      const response = Math.exp(params[1] * distance);
      if (gradient) {
        gradient[0] = (response * params[1]) / params[0];
        gradient[1] = response * distance;
      }
      return response;
    },
    limits: [{ inputs: { [input]: 1e200 }, value: '0' }],
  };
}

/** Where v_c lies: v * loss^(1 / alpha) at the middle of the data, for exponents from 0.5 down to 0.04. */
export function scaleRange(columns: Columns, input: string): readonly [number, number] {
  const middle = mean(Array.from(columns[input], Math.log));
  const height = Math.max(0.1, Math.abs(mean(Array.from(columns.loss, Math.log))));
  return [Math.exp(middle + 2 * height), Math.exp(middle + 25 * height)];
}
