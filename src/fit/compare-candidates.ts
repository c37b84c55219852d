import type { Columns } from '../base/index.js';
import type { Candidate } from './compare-candidate.js';
import { ASYMPTOTE_PRIOR } from './prior.js';

/** Few starts: every cut-off begins at the constants of the one before. */
const STARTS = 16;
const free = { starts: STARTS };
const held = (value: number) => ({ starts: STARTS, params: { E: { value } } });

/** Exponents of N and D in refits of Hoffmann 2022 (.348 and .366, Besiroglu 2024), spread over other corpora: .35 +- .05. */
const SIZE_EXPONENTS = { alpha: { median: 0.35, sd: 0.15 }, beta: { median: 0.35, sd: 0.15 } };
/** What they imply along the compute-optimal path, a b / (a + b): .154 (Hoffmann 2022) to .178 (Besiroglu 2024): .16 +- .04. */
const COMPUTE_EXPONENT = { alpha: { median: 0.16, sd: 0.25 } };

/** The law whose asymptote is free: shown beside every choice. */
export const REFERENCE = 'ND free';

/**
 * Readings worth comparing on a table of losses; those whose columns the table lacks fall away.
 *
 * Columns N, D (parameters, tokens), C (training FLOPs), width and depth. A pin is E of Hoffmann 2022, in nats per token:
 * where losses are in another unit it is refused, not obeyed. E = 0 is not among them: on ten sets of real runs it is
 * never the best reading but by luck.
 */
export const CANDIDATES: readonly Candidate[] = [
  { name: REFERENCE, law: 'chinchilla', options: free },
  { name: 'ND E 1.7', law: 'chinchilla', options: held(ASYMPTOTE_PRIOR.median) },
  { name: 'ND exponent prior', law: 'chinchilla', options: free, prior: SIZE_EXPONENTS },
  { name: 'C free', law: 'power', options: free, inputs: { x: 'C' }, rows: 'best' },
  { name: 'C E 1.7', law: 'power', options: held(ASYMPTOTE_PRIOR.median), inputs: { x: 'C' }, rows: 'best' },
  { name: 'C exponent prior', law: 'power', options: free, inputs: { x: 'C' }, rows: 'best', prior: COMPUTE_EXPONENT },
  { name: 'WDT free', law: 'wdt', options: free },
  { name: 'WDT E 1.7', law: 'wdt', options: held(ASYMPTOTE_PRIOR.median) },
  { name: 'WDNT free', law: 'wdnt', options: free },
  { name: 'WDNT E 1.7', law: 'wdnt', options: held(ASYMPTOTE_PRIOR.median) },
];

const NEEDS: Readonly<Record<string, readonly string[]>> = {
  chinchilla: ['N', 'D'],
  power: ['C'],
  wdt: ['width', 'depth', 'D'],
  wdnt: ['width', 'depth', 'N', 'D'],
};

/** The candidates whose columns are there. @example defaultCandidates({ N, D, C, loss }).length // => 6 */
export const defaultCandidates = (columns: Columns): Candidate[] =>
  CANDIDATES.filter(({ law }) => NEEDS[String(law)].every(name => Object.hasOwn(columns, name)));
