export { type ClaimRow, checkClaims, type InputStatus, type Verdict } from './claims.js';
export type { FitRow, Outcome } from './fits-compare.js';
export { loadFits, parseFitSpec } from './fits-load.js';
export { loadStoredResult, type StoredResult, saveResults, storedResult } from './fits-results.js';
export { type FitResult, remakeAllFits, remakeFit } from './fits-run.js';
export type { FitSpec } from './fits-schema.js';
export { loadTable4, SCORES, type Table4Model } from './table4.js';
