/** How a fit ended; the text is what the reader should do about it. */
export const FIT_STATUS = {
  converged: '',
  maxIterations: 'stopped before the gradient was zero; raise maxIterations or start closer to the answer',
  atBound: 'a parameter sits on its bound; widen the bound, hold the parameter, or take a law without it',
  singular: 'the rows do not identify every parameter; vary the inputs independently or hold a parameter',
} as const;

export type FitStatus = keyof typeof FIT_STATUS;

/** What a verdict is about; the verdict's own text says it for the fit at hand, and what to do. */
export const VERDICT_CODES = {
  notConverged: 'the search stopped before the gradient was zero',
  notIdentified: 'the rows leave a direction of the parameters wholly open',
  atBound: 'a parameter sits on its bound',
  asymptote: 'the rows do not show where the response ends: forecasts far beyond them need a prior',
  flat: 'parameters are known only together, best at one value of an input',
  weak: 'an interval so wide that the parameter says nothing',
  open: 'the objective sets no limit on one side of a parameter (diagnoseFit)',
  outlier: 'a few rows, or one run, move a parameter by more than its standard error (diagnoseFit)',
  lackOfFit: 'the law misses the rows by more than repeats of one run differ',
  fewRows: 'fewer than three rows for each free parameter',
  localOptima: 'other searches ended elsewhere: there may be a better optimum',
} as const;

/** Something a reader of the fit should know before trusting it. */
export interface Verdict {
  readonly code: keyof typeof VERDICT_CODES;
  readonly text: string;
}
