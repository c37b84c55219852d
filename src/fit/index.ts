export { type Bootstrap, type BootstrapOptions, bootstrapFit, predictBootstrap } from './bootstrap.js';
export { needsRows } from './checks.js';
export { type Covariance, type Estimate, type Fit, fitLaw } from './fit.js';
export type { Metrics } from './metrics.js';
export { type FitOptions, type ParamOption, parseFitOptions } from './options.js';
export { type Prediction, type PredictOptions, predictFit } from './predict.js';
export { FIT_STATUS, type FitStatus, type Verdict } from './status.js';
