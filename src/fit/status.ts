/** How a fit ended; the text is what the reader should do about it. */
export const FIT_STATUS = {
  converged: '',
  maxIterations: 'stopped before the gradient was zero; raise maxIterations or start closer to the answer',
  atBound: 'a parameter sits on its bound; widen the bound, hold the parameter, or take a law without it',
  singular: 'the rows do not identify every parameter; vary the inputs independently or hold a parameter',
} as const;

export type FitStatus = keyof typeof FIT_STATUS;

/** Something a reader of the fit should know before trusting it. */
export interface Verdict {
  readonly code: 'notConverged' | 'atBound' | 'notIdentified' | 'weak' | 'fewRows' | 'localOptima';
  readonly text: string;
}
