import { findLaw, type Law } from '../law/index.js';

/** How a score follows the loss, and the same with a term g * s for a number of the shape. */
export interface TermLaws {
  readonly name: 'sigmoid' | 'linear';
  readonly plain: Law;
  readonly withTerm: Law;
}

const SCORE = { name: 'score', unit: 'share of answers, or percent' } as const;

/** A straight line: all that a handful of runs over a short range of loss can bear. */
const linear = (term: boolean): Law => ({
  name: term ? 'linear-in-loss-shape' : 'linear-in-loss',
  title: term ? 'Score linear in the loss and a number of the shape' : 'Score linear in the loss',
  formula: term ? 'a - b * L + g * s' : 'a - b * L',
  inputs: [
    { name: 'L', unit: 'any', meaning: 'upstream loss', positive: false, trend: 'falls', drives: ['b'] },
    ...(term
      ? [
          {
            name: 's',
            unit: 'any',
            meaning: 'a number of the shape',
            positive: false,
            trend: 'either' as const,
            drives: ['g'],
          },
        ]
      : []),
  ],
  response: SCORE,
  params: ['a', 'b', ...(term ? ['g'] : [])].map(name => ({
    name,
    min: Number.NEGATIVE_INFINITY,
    max: Number.POSITIVE_INFINITY,
    scale: 'linear',
    meaning: { a: 'score at loss 0', b: 'score lost per unit of loss', g: 'score won per unit of s' }[name] as string,
  })),
  residual: 'linear',
  linear: ['a', 'b', ...(term ? ['g'] : [])],
  ranges: () => ({}),
  evaluate(params, inputs, gradient) {
    if (gradient) {
      gradient[0] = 1;
      gradient[1] = -inputs[0];
      if (term) gradient[2] = inputs[1];
    }
    return params[0] - params[1] * inputs[0] + (term ? params[2] * inputs[1] : 0);
  },
  limits: [],
  example: { params: { a: 100, b: 13, ...(term && { g: 2.5 }) }, source: 'illustrative: points of an average' },
  source: 'the first terms of any law of the score in the loss',
});

export const TERM_LAWS: readonly TermLaws[] = [
  { name: 'sigmoid', plain: findLaw('sigmoid'), withTerm: findLaw('sigmoid-shape') },
  { name: 'linear', plain: linear(false), withTerm: linear(true) },
];
