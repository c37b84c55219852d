export {
  type ApproachOptions,
  type ApproachResult,
  type BudgetOptimum,
  type ComputeLaw,
  type CurveRows,
  compareApproaches,
  findEnvelopeOptima,
  findIsoFlopOptima,
  fitComputeLaw,
  type IsoFlopOptima,
  type IsoFlopOptions,
  type IsoFlopRows,
  parametricLaw,
} from './approaches/index.js';
export {
  type Bootstrap,
  type BootstrapJob,
  type BootstrapOptions,
  type BootstrapPart,
  bootstrapFit,
  bootstrapFitParallel,
  type ParallelMap,
  percentileInterval,
  predictBootstrap,
  runBootstrapJob,
} from './bootstrap.js';
export {
  type Chain,
  type ChainForecast,
  type ChainOptions,
  type ChainParts,
  chainForecast,
  type Stage,
} from './chain.js';
export { finalRows, type SmoothOptions, type SmoothRuns, smoothRuns } from './chain-rows.js';
export { needsRows } from './checks.js';
export { type ComparedLaw, type CompareOptions, type Comparison, compareLaws } from './compare.js';
export type { Candidate } from './compare-candidate.js';
export { CANDIDATES, defaultCandidates } from './compare-candidates.js';
export type { LeaveOut } from './compare-leave-out.js';
export type { Advice } from './compare-text.js';
export {
  DELTA_NOTE,
  type Drift,
  type DriftOptions,
  type DriftStep,
  type DriftVerdict,
  driftOfAsymptote,
} from './drift.js';
export { type Covariance, type Estimate, type Fit, fitLaw, rhoOf } from './fit.js';
export {
  beyondRange,
  expandLevel,
  type Forecast,
  type ForecastOptions,
  type ForecastParts,
  type Forecasts,
  forecastFit,
} from './forecast.js';
export { type Influence, type Jackknife, type JackknifeOptions, jackknifeFit } from './jackknife.js';
export type { Metrics } from './metrics.js';
export { type FitOptions, type ParamOption, parseFitOptions } from './options.js';
export { type Prediction, type PredictOptions, predictFit } from './predict.js';
export { ASYMPTOTE_PRIOR, type Prior, type PriorOption } from './prior.js';
export { type ProfileInterval, type ProfileOptions, type ProfilePoint, profileFit } from './profile.js';
export { type Rollout, type RolloutError, type RolloutOptions, type Rollouts, rolloutLaws } from './rollout.js';
export {
  type Choice,
  type ChooseOptions,
  chooseLaw,
  type HonestRollout,
  type HorizonScore,
  honestRollout,
  scoreHorizons,
} from './rollout-choose.js';
export { type ShapeAnswer, type ShapeTerm, type ShapeTermOptions, testShapeTerm } from './shape-term.js';
export { FIT_STATUS, type FitStatus, VERDICT_CODES, type Verdict } from './status.js';
export {
  fitStepTime,
  type HeldOutErrors,
  predictStepTime,
  type StepTimeFit,
  type StepTimeOptions,
  type StepTimePrediction,
  summariseErrors,
} from './step-time.js';
export {
  type Calibration,
  type CalibrationOptions,
  calibrateSteps,
  type MeasuredStep,
  predictShapeTime,
  type ShapeTimePrediction,
} from './step-time-calibration.js';
export { calibrationWire, parseCalibration } from './step-time-wire.js';
export { type DiagnoseOptions, type Diagnosis, diagnoseFit, type Outliers } from './verdicts-diagnose.js';
