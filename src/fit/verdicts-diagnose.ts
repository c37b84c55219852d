import { type Columns, format, pickRows } from '../base/index.js';
import { type Estimate, type Fit, fitLaw } from './fit.js';
import { type Influence, type Jackknife, jackknifeFit } from './jackknife.js';
import { type FitOptions, parseFitOptions } from './options.js';
import { asymptoteOf } from './prior.js';
import { type ProfileInterval, profileFit } from './profile.js';
import type { Verdict } from './status.js';
import { listed } from './verdicts-flat.js';

export interface DiagnoseOptions extends FitOptions {
  /** What rows are called in the texts, such as their numbers in the file; default 1, 2, ... */
  readonly rowNames?: ArrayLike<number | string>;
}

/** Rows far off the law, and the fit without them. */
export interface Outliers {
  /** Their rows, from 0, the farthest first. */
  readonly rows: readonly number[];
  /** Sizes of their residuals in robust standard deviations (1.4826 times the median size of all). */
  readonly distances: readonly number[];
  readonly without: Fit;
}

/** All that can be said of a fit with refits. */
export interface Diagnosis {
  /** The fit's own verdicts, then what the refits add. */
  readonly verdicts: readonly Verdict[];
  readonly profiles: Readonly<Record<string, ProfileInterval>>;
  readonly jackknife: Jackknife;
  /** Null where no row lies far off, or so many that they are no exceptions. */
  readonly outliers: Outliers | null;
}

/** A residual this many robust standard deviations off is an outlier, of a normal law's rows one in a million. */
const FAR = 5;
/** More than this share of the rows are not outliers: the law is wrong there. */
const MOST_OUTLIERS = 0.03;
/** More groups are left out by one Newton step each instead of by refits. */
const MOST_REFITS = 300;
const LISTED = 6;
/** Movers told one by one. */
const LISTED_MOVERS = 3;

/**
 * Verdicts that need refits: profiles of every parameter, the influence of every row (or run, with `unit`), and the
 * fit without the rows that lie far off, together, since outliers hide one another. About a second for 240 rows.
 *
 * @param options the options that made the fit, and names for its rows
 * @example diagnoseFit({ N, D, loss }, fit).verdicts // => [{ code: 'outlier', text: 'rows 244 and 245 ...' }]
 */
export function diagnoseFit(columns: Columns, fit: Fit, { rowNames, ...options }: DiagnoseOptions = {}): Diagnosis {
  const parsed = parseFitOptions(fit.law, options);
  const groups = parsed.unit === null ? fit.rows : new Set(Array.from(parsed.unit)).size;
  const profiles = profileFit(columns, fit, options);
  const jackknife = jackknifeFit(columns, fit, { ...options, method: groups > MOST_REFITS ? 'step' : 'refit' });
  const outliers = parsed.unit === null ? fitWithoutOutliers(columns, fit, options) : null;
  const nameOf = (row: number) => rowNames?.[row] ?? row + 1;
  return {
    verdicts: [
      ...fit.verdicts,
      ...profileVerdicts(fit, profiles),
      ...outlierVerdict(fit, outliers, nameOf),
      ...moverVerdicts(fit, jackknife, { outliers, nameOf }),
    ],
    profiles,
    jackknife,
    outliers,
  };
}

function profileVerdicts(fit: Fit, profiles: Readonly<Record<string, ProfileInterval>>): Verdict[] {
  const asymptote = asymptoteOf(fit.law);
  const known = fit.verdicts.some(({ code }) => code === 'asymptote');
  return Object.entries(profiles).flatMap(([name, { lo, hi, better }]): Verdict[] => {
    const said: Verdict[] = [];
    const sides = [...(lo === null ? ['below'] : []), ...(hi === null ? ['above'] : [])];
    const other =
      lo !== null ? `above ${format.digits(lo, 3)}` : hi !== null ? `below ${format.digits(hi, 3)}` : 'nowhere';
    if (sides.length > 0 && !(name === asymptote && known))
      said.push({
        code: name === asymptote ? 'asymptote' : 'open',
        text: `the rows set no limit to ${name} ${listed(sides)}: all that is known is that it lies ${other}; hold it, or take its value from elsewhere`,
      });
    if (better)
      said.push({
        code: 'localOptima',
        text: `a refit with ${name} held went below this optimum; fit again with more starts`,
      });
    return said;
  });
}

function fitWithoutOutliers(columns: Columns, fit: Fit, options: FitOptions): Outliers | null {
  const sizes = fit.residuals.map(Math.abs);
  const sorted = sizes.slice().sort();
  const spread = 1.4826 * sorted[sorted.length >> 1];
  const far = Array.from(sizes.keys()).filter(row => sizes[row] > FAR * spread);
  const most = Math.max(3, Math.floor(MOST_OUTLIERS * fit.rows));
  if (!(spread > 0) || far.length === 0 || far.length > most || fit.rows - far.length <= fit.free) return null;
  far.sort((a, b) => sizes[b] - sizes[a]);
  const kept = Array.from(sizes.keys()).filter(row => !far.includes(row));
  const { weights } = parseFitOptions(fit.law, options);
  const without = fitLaw(pickRows(columns, kept), fit.law, {
    ...options,
    ...(weights !== null && { weights: kept.map(row => weights[row]) }),
  });
  return { rows: far, distances: far.map(row => sizes[row] / spread), without };
}

function outlierVerdict(fit: Fit, outliers: Outliers | null, nameOf: (row: number) => number | string): Verdict[] {
  if (outliers === null) return [];
  const { rows, distances, without } = outliers;
  const moves = largestMove(fit, without);
  if (!(moves.errors > 1)) return [];
  const names = rows.slice(0, LISTED).map(nameOf);
  const more = rows.length > LISTED ? ` and ${rows.length - LISTED} more` : '';
  const [from, to] = [fit, without].map(({ params }) => format.digits(params[moves.param].value, 3));
  const far = [Math.min(...distances), Math.max(...distances)].map(value => format.digits(value, 2));
  const distance = rows.length > 1 ? `${far[0]} to ${far[1]}` : far[0];
  const [subject, them, these] =
    rows.length > 1
      ? [`rows ${listed(names)}${more} lie`, 'them', 'these runs']
      : [`row ${names[0]} lies`, 'it', 'this run'];
  return [
    {
      code: 'outlier',
      text: `${subject} ${distance} times the usual scatter off the law; without ${them} ${moves.param} goes from ${from} to ${to}, ${moves.errors.toFixed(1)} of its standard errors (${moves.clean.toFixed(1)} of those it then has): look at ${these} first, and report both fits`,
    },
  ];
}

/** The parameter that moves most, in standard errors of the fit and of the fit without. */
function largestMove(fit: Fit, without: Fit): { param: string; errors: number; clean: number } {
  const moves = fit.law.params.flatMap(({ name, scale }) => {
    const [a, b] = [fit.params[name], without.params[name]];
    if (!(a.se > 0 && b.se > 0)) return [];
    const [shift, unit] =
      scale === 'log'
        ? [Math.log(b.value / a.value), (one: Estimate) => one.se / one.value]
        : [b.value - a.value, (one: Estimate) => one.se];
    return [{ param: name, errors: Math.abs(shift) / unit(a), clean: Math.abs(shift) / unit(b) }];
  });
  return moves.reduce((most, move) => (move.errors > most.errors ? move : most), { param: '', errors: 0, clean: 0 });
}

/** Single rows or runs; not again those that the outliers' verdict has named. */
function moverVerdicts(
  fit: Fit,
  { movers, unit }: Jackknife,
  { outliers, nameOf }: { outliers: Outliers | null; nameOf: (row: number) => number | string },
): Verdict[] {
  const told = new Set(outliers?.rows ?? []);
  const fresh = movers.filter(({ rows }) => !rows.every(row => told.has(row)));
  if (fresh.length === 0) return [];
  const parts = fresh.slice(0, LISTED_MOVERS).map(({ rows, unit: run, change, most }: Influence) => {
    const { value } = fit.params[most.param];
    const name = unit === 'row' ? `row ${nameOf(rows[0])}` : `run ${run}`;
    const to = format.digits(value + change[most.param], 3);
    return `${name} (${most.param} ${format.digits(value, 3)}, without it ${to}: ${most.errors.toFixed(1)} standard errors)`;
  });
  if (fresh.length > LISTED_MOVERS) parts.push(`${fresh.length - LISTED_MOVERS} more`);
  const [moves, them] = fresh.length > 1 ? ['each move', 'them'] : ['alone moves', 'it'];
  const text = `${listed(parts)} ${moves} a constant by more than its standard error: the fit hangs on ${them}; check ${them}, and repeat or add neighbours`;
  return [{ code: 'outlier', text }];
}
