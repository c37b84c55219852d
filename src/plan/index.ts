export { type ComputeOptimum, computeOptimum, type SplitConstants } from './optimum.js';
