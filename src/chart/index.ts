export { type ClaimPair, type ClaimsValues, claimsChart } from './claims.js';
export type { Group } from './colour.js';
export { type CostLedgerValues, costLedgerChart, type LedgerBar } from './cost-ledger.js';
export {
  type DownstreamCurvePoint,
  type DownstreamPoint,
  type DownstreamValues,
  downstreamChart,
} from './downstream.js';
export type { ChartSize, ChartSpec, ChartText } from './frame.js';
export { type FrontierPoint, type FrontierValues, frontierChart } from './frontier.js';
export {
  type CurvePoint,
  type LossComputeValues,
  type LossPoint,
  lossComputeChart,
  type TargetPoint,
} from './loss-compute.js';
export { type LabelRequest, type PlacedLabel, type PlaceOptions, placeLabels } from './place.js';
export { type ResidualPoint, type ResidualsValues, residualsChart } from './residuals.js';
export { type RolloutPoint, type RolloutValues, rolloutChart } from './rollout.js';
export { stackCharts } from './stack.js';
export type { Region } from './staircase.js';
export { plainText, textWidth } from './text.js';
export { theme } from './theme.js';
