export { type ClaimRow, checkClaims, type InputStatus, type Verdict } from './claims.js';
export { type FitRow, type FitSpec, loadFits, parseFitSpec, remakeFit } from './fits.js';
