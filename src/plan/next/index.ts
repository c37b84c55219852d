export { type GridOptions, gridRuns } from './grid.js';
export { type CandidateRun, chooseNext, type Decision, type NextOptions, type NextRun, type NextRuns } from './next.js';
