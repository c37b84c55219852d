import type { Law, LawInput } from './law.js';

/** One term A / v^alpha: its input, and the names of its two constants. */
export interface PowerTerm {
  readonly input: Omit<LawInput, 'positive' | 'trend' | 'drives'>;
  readonly scale: string;
  readonly exponent: string;
}

type Form = Pick<Law, 'formula' | 'inputs' | 'params' | 'linear' | 'ranges' | 'evaluate' | 'limits'>;

/**
 * The parts of a law E + sum of A / v^alpha over any number of inputs; parameters are E, every A, then every alpha.
 *
 * The Gemstones paper writes the same as ln L = logsumexp(ln A - alpha ln v; ln E).
 */
export function powerSum(terms: readonly PowerTerm[]): Form {
  const size = terms.length;
  const far = Object.fromEntries(terms.map(({ input }) => [input.name, 1e200]));
  return {
    formula: ['E', ...terms.map(({ input, scale, exponent }) => `${scale} / ${input.name}^${exponent}`)].join(' + '),
    inputs: terms.map(({ input, scale, exponent }) => ({
      ...input,
      positive: true,
      trend: 'falls',
      drives: [scale, exponent],
    })),
    params: [
      { name: 'E', min: 0, max: Infinity, scale: 'linear', meaning: 'irreducible loss' },
      ...terms.map(({ input, scale }) => ({
        name: scale,
        min: 0,
        max: Infinity,
        scale: 'log' as const,
        meaning: `loss for want of ${input.meaning}, at ${input.name} = 1`,
      })),
      ...terms.map(({ input, exponent }) => ({
        name: exponent,
        min: 0,
        max: 5,
        scale: 'linear' as const,
        meaning: `exponent of ${input.name}`,
      })),
    ],
    linear: ['E', ...terms.map(term => term.scale)],
    ranges: () => Object.fromEntries(terms.map(term => [term.exponent, [0.05, 1] as const])),
    evaluate(params, inputs, gradient) {
      let response = params[0];
      if (gradient) gradient[0] = 1;
      for (let k = 0; k < size; k++) {
        const logInput = Math.log(inputs[k]);
        const shrink = Math.exp(-params[1 + size + k] * logInput);
        const term = params[1 + k] * shrink;
        if (gradient) {
          gradient[1 + k] = shrink;
          gradient[1 + size + k] = -term * logInput;
        }
        response += term;
      }
      return response;
    },
    limits: [
      { inputs: far, value: 'E' },
      ...terms.map(({ input, scale }) => ({ inputs: { ...far, [input.name]: 1 }, value: `E + ${scale}` })),
    ],
  };
}
