export { createFrontierKernel, type FrontierKernel, frontierIndices } from './kernel.js';
export type { Objective } from './objective.js';
export {
  type AxisPair,
  type Domination,
  dominatedBy,
  type FrontierAxes,
  paretoFrontier,
  type WeakVerdict,
  weakFrontier,
} from './pareto.js';
export type { Goal } from './points.js';
export {
  type ComputeRegion,
  computeRegions,
  frontierByRegion,
  type RegionFrontier,
  type RegionOptions,
  regionOf,
} from './regions.js';
