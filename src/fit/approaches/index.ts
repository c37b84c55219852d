export { type ApproachOptions, type ApproachResult, compareApproaches, parametricLaw } from './compare.js';
export { type CurveRows, findEnvelopeOptima } from './envelope.js';
export { type BudgetOptimum, type ComputeLaw, fitComputeLaw } from './exponent.js';
export { findIsoFlopOptima, type IsoFlopOptima, type IsoFlopOptions, type IsoFlopRows } from './iso-flop.js';
