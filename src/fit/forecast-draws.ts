import type { Columns, Random } from '../base/index.js';
import { type Fit, rhoOf } from './fit.js';
import { minimise, type NewtonOptions, type Optimum } from './newton.js';
import { type FitOptions, type ParamRule, parseFitOptions } from './options.js';
import { drawPrior, type Prior, priorRoof } from './prior.js';
import { createProblem, createSlots, type Problem, paramsAt, pickProblem } from './problem.js';
import { drawTimes, fitValues, groupRows, thetaOf, weighRows } from './redraw.js';
import type { Rho } from './rho.js';
import { descendByStages } from './search.js';

/** Near its optimum from a nearby one; a search that ends early goes on by stages. */
const SEARCH: NewtonOptions = { maxIterations: 60, tolerance: 1e-6, damping: 1e-4 };
/** Values of the prior, alike in probability, at which all rows are fitted first. */
const NODES = 15;
/** What every replicate needs. */
export interface Study {
  readonly fit: Fit;
  readonly problem: Problem;
  readonly rho: Rho;
  readonly groups: readonly (readonly number[])[];
  readonly drawn: readonly Drawn[];
}

interface Drawn {
  readonly name: string;
  readonly prior: Prior;
  readonly floor: number;
  readonly roof: number;
}

/** Values of what is drawn, in the order of `drawn`, and the optimum of the rest. */
export interface Node {
  readonly held: readonly number[];
  readonly params: Float64Array;
  readonly theta: Float64Array;
  readonly converged: boolean;
}

/** The caller's options of parameters, with what has a prior held at its median. */
export function heldParams({ params = {} }: FitOptions, priors: Readonly<Record<string, Prior>>): FitOptions['params'] {
  const held = Object.entries(priors).map(([name, { median }]) => {
    const { min, max } = params[name] ?? {};
    return [name, { ...(min !== undefined && { min }), ...(max !== undefined && { max }), value: median }];
  });
  return { ...params, ...Object.fromEntries(held) };
}

/** Rows, groups and priors of a forecast whose centre is `fit`. */
export function createStudy(
  columns: Columns,
  fit: Fit,
  { options, priors }: { options: FitOptions; priors: Readonly<Record<string, Prior>> },
): Study {
  const { law } = fit;
  const parsed = parseFitOptions(law, { ...options, params: heldParams(options, priors) });
  const problem = createProblem(columns, law, parsed);
  const drawn = Object.entries(priors).map(([name, prior]) => {
    const rule = parsed.params.find(other => other.name === name) as ParamRule;
    return { name, prior, floor: Math.max(0, rule.min), roof: priorRoof(law, columns, rule) };
  });
  const groups = groupRows(problem.rows, parsed.unit);
  return { fit, problem, rho: rhoOf(fit), groups, drawn };
}

/** The same rows with other held values. */
function holdAt({ problem, drawn }: Study, held: readonly number[]): Problem {
  if (drawn.length === 0) return problem;
  const rules = problem.slots.rules.map(rule => {
    const index = drawn.findIndex(({ name }) => name === rule.name);
    return index < 0 ? rule : { ...rule, value: held[index] };
  });
  return { ...problem, slots: createSlots(rules) };
}

/** All rows fitted at values of the priors that divide their probability evenly; without priors the fit itself. */
export function fitNodes(study: Study, random: Random): Node[] {
  const { fit, problem, drawn } = study;
  const centre: Node = {
    held: drawn.map(({ prior }) => prior.median),
    params: Float64Array.from(problem.slots.rules, ({ name }) => fit.params[name].value),
    theta: thetaOf(problem.slots, fitValues(fit)),
    converged: true,
  };
  if (drawn.length === 0) return [centre];
  const columns = drawn.map(one => evenDraws(one, random));
  const places = Array.from({ length: NODES }, (_, i) => columns.map(values => values[i]));
  const nodes: Node[] = [];
  // From the middle outwards, so that each starts beside one already fitted.
  for (const held of places.sort((a, b) => distance(study, a, centre) - distance(study, b, centre)))
    nodes.push(fitAt(study, held, { nodes: [centre, ...nodes], times: null }));
  return nodes;
}

/** Quantiles of one prior; in random order when there are several, so that they do not go together. */
function evenDraws({ prior, floor, roof }: Drawn, random: Random): number[] {
  const many = Float64Array.from({ length: 100 * NODES }, () => drawPrior(prior, random, { floor, roof })).sort();
  const values = Array.from({ length: NODES }, (_, i) => many[100 * i + 50]);
  for (let i = NODES - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [values[i], values[j]] = [values[j], values[i]];
  }
  return values;
}

const distance = ({ drawn }: Study, held: readonly number[], node: Node) =>
  drawn.reduce((sum, { prior }, k) => sum + (Math.log(held[k] / node.held[k]) / prior.sd) ** 2, 0);

/** Units and priors drawn anew, the rest fitted from the nearest node. */
export function fitReplicate(study: Study, nodes: readonly Node[], random: Random): Node {
  const times = drawTimes(study.problem.rows, study.groups, random);
  const held = study.drawn.map(({ prior, floor, roof }) => drawPrior(prior, random, { floor, roof }));
  return fitAt(study, held, { nodes, times });
}

function fitAt(
  study: Study,
  held: readonly number[],
  { nodes, times }: { nodes: readonly Node[]; times: Float64Array | null },
): Node {
  const full = holdAt(study, held);
  const { rows, weights } = weighRows(full, times ?? new Float64Array(full.rows).fill(1));
  const problem = pickProblem(full, rows, weights);
  const from = nodes.reduce((a, b) => (distance(study, held, b) < distance(study, held, a) ? b : a));
  const end = descend(problem, study.rho, from.theta);
  return { held, params: paramsAt(problem.slots, end.theta), theta: end.theta, converged: end.converged };
}

function descend(problem: Problem, rho: Rho, start: Float64Array): Optimum {
  const direct = minimise(problem, rho, start, SEARCH);
  if (direct.converged || rho.name === 'squared') return direct;
  return descendByStages(problem, rho, { start, exact: { ...SEARCH, maxIterations: 200 } });
}
