import { type Columns, fail } from '../base/index.js';
import { estimateCovariance } from './covariance.js';
import { studentTwoSided } from './distribution.js';
import { type Fit, rhoOf } from './fit.js';
import { measureFit } from './metrics.js';
import { minimise, type NewtonOptions, total } from './newton.js';
import { checkKnown, type FitOptions, type ParsedOptions, parseFitOptions } from './options.js';
import { createProblem, type Problem } from './problem.js';
import { fitValues, thetaOf } from './redraw.js';
import type { Rho } from './rho.js';
import { descendByStages } from './search.js';

/** One refit: the parameter held at `value`, the rest free. */
export interface ProfilePoint {
  readonly value: number;
  /** Twice the fall of the log-likelihood from the optimum, its scale fitted at both. */
  readonly deviance: number;
}

/** What the objective itself says about one parameter. */
export interface ProfileInterval {
  readonly value: number;
  /** Where the deviance crosses `threshold`; null where it never does: the rows set no limit on that side. */
  readonly lo: number | null;
  readonly hi: number | null;
  readonly threshold: number;
  /** Every refit, by value: the curve to draw. */
  readonly points: readonly ProfilePoint[];
  /** A refit went below the optimum of the fit: fit again with more starts. */
  readonly better: boolean;
}

export interface ProfileOptions extends FitOptions {
  /** Parameters to profile; default every free one. */
  readonly of?: readonly string[];
}

const SEARCH: NewtonOptions = { maxIterations: 200, tolerance: 1e-9, damping: 1e-4 };
const MAX_STEPS = 60;
/** A walk this far in the logarithm (a factor of 1e11), or flat over this many doublings, finds no limit. */
const FAR_LOG = 25;
const FLAT_STEPS = 8;
/** A deviance below this is a lower optimum, not rounding. */
const BETTER = -1e-3;

/**
 * Profile-likelihood interval of each parameter: hold it aside, refit the rest, see how far the objective rises.
 *
 * The likelihood is that of the density rho belongs to (normal for the square, Laplace-like for a small huberDelta)
 * with its scale fitted at every point, and the limit is where its deviance reaches rows * ln(1 + t^2 / (rows - free)),
 * t of Student at `level`. For squares that is the F interval of R's confint(nls) and lmfit's conf_interval. Unlike a
 * standard error it follows a bent valley, and a side that the rows leave open is null. It takes residuals to be alike
 * from row to row: where they are not (Chinchilla's corners), the bootstrap is wider and right. With `unit` the deviance
 * is divided by how much the units widen the parameter's variance. Source: Bates and Watts 1988, section 6.1.
 *
 * @param options the options that made the fit
 * @example profileFit({ N, D, loss }, fit).alpha // => { value: 0.347, lo: 0.33, hi: 0.37, ... }
 */
export function profileFit(
  columns: Columns,
  fit: Fit,
  { of, ...options }: ProfileOptions = {},
): Record<string, ProfileInterval> {
  const parsed = parseFitOptions(fit.law, options);
  const problem = createProblem(columns, fit.law, parsed);
  checkSame(problem, fit);
  const { rules, slot } = problem.slots;
  const free = rules.filter(({ tiedTo }, k) => slot[k] >= 0 && tiedTo === null).map(({ name }) => name);
  if (of !== undefined) checkKnown('free parameter', of, free);
  const shrink = unitFactors(problem, fit, parsed);
  const entries = (of ?? free).map((name): [string, ProfileInterval] => {
    const study = createStudy({ columns, fit, parsed }, problem, { name, shrink });
    return [name, profileOne(study)];
  });
  return Object.fromEntries(entries);
}

/** A fit belongs to the rows and options it was made with. */
export function checkSame(problem: Problem, fit: Fit): void {
  if (problem.rows === fit.rows && problem.size === fit.free) return;
  const sizes = (rows: number, free: number) => `${rows} rows and ${free} free parameters`;
  fail(
    `fit must be made from the same rows and options (${sizes(problem.rows, problem.size)}), got one of ${sizes(fit.rows, fit.free)}`,
  );
}

/** By how much whole units widen each variance; 1 where rows stand alone. */
function unitFactors(problem: Problem, fit: Fit, parsed: ParsedOptions): number[] {
  if (parsed.unit === null) return problem.slots.isLog.map(() => 1);
  const rho = rhoOf(fit);
  const theta = thetaOf(problem.slots, fitValues(fit));
  const variances = (unit: ParsedOptions['unit']) =>
    estimateCovariance(problem, rho, { theta, covariance: 'sandwich', unit }).theta.diagonal();
  const rows = variances(null);
  return variances(parsed.unit).map((value, j) => Math.max(1, value / rows[j] || 1));
}

interface Study {
  readonly fit: Fit;
  readonly parsed: ParsedOptions;
  readonly rho: Rho;
  readonly name: string;
  readonly isLog: boolean;
  /** Place of the parameter in theta, its value there, and its bounds. */
  readonly slot: number;
  readonly centre: number;
  readonly lower: number;
  readonly upper: number;
  readonly start: Float64Array;
  readonly firstStep: number;
  readonly threshold: number;
  readonly shrink: number;
  /** Log-likelihood at the optimum. */
  readonly top: number;
  heldAt(place: number): Problem;
}

function createStudy(
  { columns, fit, parsed }: { columns: Columns; fit: Fit; parsed: ParsedOptions },
  problem: Problem,
  { name, shrink }: { name: string; shrink: readonly number[] },
): Study {
  const { slots, rows, size } = problem;
  const slot = slots.slot[slots.rules.findIndex(rule => rule.name === name)];
  const isLog = slots.isLog[slot];
  const theta = thetaOf(slots, fitValues(fit));
  const { value, se } = fit.params[name];
  const natural = isLog ? se / value : se;
  const reach = studentTwoSided(fit.level, rows - size);
  return {
    fit,
    parsed,
    rho: rhoOf(fit),
    name,
    isLog,
    slot,
    centre: theta[slot],
    lower: slots.lower[slot],
    upper: slots.upper[slot],
    start: theta.filter((_, j) => j !== slot),
    firstStep:
      Math.min(natural > 0 && Number.isFinite(natural) ? natural : Infinity, Math.max(Math.abs(theta[slot]), 1)) / 2,
    threshold: rows * Math.log1p(reach ** 2 / (rows - size)),
    shrink: shrink[slot],
    top: logLikelihoodAt(problem, rhoOf(fit), theta),
    heldAt(place) {
      const held = isLog ? Math.exp(place) : place;
      const params = parsed.params.map(rule =>
        rule.name === name || rule.tiedTo === name ? { ...rule, value: held, tiedTo: null } : rule,
      );
      return createProblem(columns, fit.law, { ...parsed, params });
    },
  };
}

/** A refit with the parameter at `place` (in theta's scale); `root` is the square root of its deviance. */
interface Stop {
  readonly place: number;
  readonly root: number;
  readonly deviance: number;
  readonly theta: Float64Array;
}

function profileOne(study: Study): ProfileInterval {
  const { fit, name, isLog, threshold, centre, start } = study;
  const middle: Stop = { place: centre, root: 0, deviance: 0, theta: start };
  const stops: Stop[] = [middle];
  const [low, high] = [-1, 1].map(direction => walkSide(study, direction, { middle, stops }));
  const natural = (place: number | null) => (place !== null && isLog ? Math.exp(place) : place);
  const points = stops
    .sort((a, b) => a.place - b.place)
    .map(({ place, deviance }) => ({ value: isLog ? Math.exp(place) : place, deviance }));
  return {
    value: fit.params[name].value,
    lo: natural(low),
    hi: natural(high),
    threshold,
    points,
    better: points.some(({ deviance }) => deviance < BETTER),
  };
}

/** Steps outwards until the deviance passes the threshold, then closes in; null where it never does. */
function walkSide(study: Study, direction: number, { middle, stops }: { middle: Stop; stops: Stop[] }): number | null {
  const { threshold, lower, upper, isLog, centre } = study;
  const goal = Math.sqrt(threshold);
  const bound = direction < 0 ? lower : upper;
  let [here, step, flat] = [middle, study.firstStep, 0];
  for (let count = 0; count < MAX_STEPS; count++) {
    const next = here.place + direction * step;
    const place = direction * (next - bound) >= 0 ? bound : next;
    const stop = refit(study, place, here.theta);
    if (stop === null) return null;
    stops.push(stop);
    if (stop.root >= goal) return closeIn(study, { inner: here, outer: stop, goal, stops });
    if (place === bound || (isLog && Math.abs(place - centre) > FAR_LOG)) return null;
    const rise = (stop.root - here.root) / goal;
    flat = rise < 1e-3 ? flat + 1 : 0;
    if (flat >= FLAT_STEPS) return null;
    step *= Math.min(2, Math.max(0.5, 0.3 / Math.max(rise, 0.01)));
    here = stop;
  }
  return null;
}

/** Regula falsi (Illinois) on the root of the deviance, which is nearly linear in theta. */
function closeIn(
  study: Study,
  { inner, outer, goal, stops }: { inner: Stop; outer: Stop; goal: number; stops: Stop[] },
): number {
  let [a, b] = [inner, outer];
  let [fa, fb] = [a.root - goal, b.root - goal];
  let side = 0;
  for (let count = 0; count < 40; count++) {
    const place = (a.place * fb - b.place * fa) / (fb - fa);
    const stop = refit(study, place, a.theta);
    if (stop === null) return b.place;
    stops.push(stop);
    const gap = stop.root - goal;
    if (Math.abs(gap) < 1e-7 * goal || Math.abs(b.place - a.place) < 1e-12 * Math.abs(place)) return place;
    // An end kept twice counts half, or it would never be left.
    if (gap > 0) {
      if (side > 0) fa /= 2;
      [b, fb, side] = [stop, gap, 1];
    } else {
      if (side < 0) fb /= 2;
      [a, fa, side] = [stop, gap, -1];
    }
  }
  return (a.place + b.place) / 2;
}

function refit(study: Study, place: number, start: Float64Array): Stop | null {
  const problem = study.heldAt(place);
  const theta = descend(problem, study.rho, start);
  const deviance = (2 * (study.top - logLikelihoodAt(problem, study.rho, theta))) / study.shrink;
  return Number.isFinite(deviance) ? { place, root: Math.sqrt(Math.max(0, deviance)), deviance, theta } : null;
}

function logLikelihoodAt(problem: Problem, rho: Rho, theta: Float64Array): number {
  const residuals = new Float64Array(problem.rows);
  if (!problem.residuals(theta, residuals)) return -Infinity;
  return measureFit(problem, rho, { residuals, objective: total(problem, rho, residuals) }).logLikelihood;
}

function descend(problem: Problem, rho: Rho, start: Float64Array): Float64Array {
  if (problem.size === 0) return start;
  const direct = minimise(problem, rho, start, SEARCH);
  if (direct.converged || rho.name === 'squared') return direct.theta;
  return descendByStages(problem, rho, { start, exact: SEARCH }).theta;
}
