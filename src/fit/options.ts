import { checkSeed, fail, mustBe, outsideRange, unknownName } from '../base/index.js';
import { type Law, paramNames } from '../law/index.js';
import { RHO_NAMES, type RhoName } from './rho.js';

/** How one parameter is treated: where to start, between which bounds, or held at `value` (or at `start`). */
export interface ParamOption {
  readonly start?: number;
  readonly min?: number;
  readonly max?: number;
  /** false holds the parameter; giving `value` does so too. */
  readonly vary?: boolean;
  readonly value?: number;
}

export interface FitOptions {
  /**
   * What is summed over the residuals; default 'huber'.
   *
   * squared: r^2 / 2. huber: the square up to huberDelta, linear beyond. asymmetric: the absolute value, `over` times as
   * steep where the prediction is above the measurement. cauchy: ln(1 + (r / huberDelta)^2), for wild outliers.
   * likelihood: minus the logarithm of the likelihood of Huber's density with its scale fitted too; huberDelta then
   * counts in units of that scale (Besiroglu 2024), which makes it nearly the least absolute deviation.
   */
  readonly rho?: RhoName;
  /**
   * Where the function leaves the square, in units of the residual. Above 0; default 1e-3, as Hoffmann 2022, and 1e-9
   * for 'asymmetric', whose corner is only rounded for the search.
   */
  readonly huberDelta?: number;
  /** For 'asymmetric': how much more a prediction too high costs than one too low. Above 0; default 10. */
  readonly over?: number;
  /** What `objective` reports: the weighted sum over rows, or that over the sum of weights. The constants are the same. */
  readonly reduce?: 'sum' | 'mean';
  /** Residuals of logarithms or of the values; default: what the law says. */
  readonly residual?: 'log' | 'linear';
  readonly params?: Readonly<Record<string, ParamOption>>;
  /** Parameters that take another's value: { beta: 'alpha' }. */
  readonly tie?: Readonly<Record<string, string>>;
  /**
   * Weight of each row in the objective, 0 and up; default 1. For known standard errors s use 1 / s^2. By run: an object
   * with the weight that each row of a run has, by the names in `unit`; or 'unit', 1 over the rows of its run, so that
   * every run has the same say.
   */
  readonly weights?: ArrayLike<number> | 'unit' | Readonly<Record<string, number>>;
  /** The run each row belongs to: rows of one run are not independent. Default: each row is its own. */
  readonly unit?: ArrayLike<number | string>;
  /** Starting points tried, 1 to 100000; default 64. */
  readonly starts?: number;
  /** Decides the starting points; default 0. */
  readonly seed?: number;
  /** Coverage of the intervals, in (0, 1); default 0.95. */
  readonly level?: number;
  /** Steps of the last search, 1 and up; default 200. */
  readonly maxIterations?: number;
  /** sandwich: holds when residuals differ in size between rows; classic: equal variance is assumed. Default sandwich. */
  readonly covariance?: 'sandwich' | 'classic';
}

/** One parameter, ready to use. `value` is set when it is held; `tiedTo` when it follows another. */
export interface ParamRule {
  readonly name: string;
  readonly scale: 'log' | 'linear';
  readonly min: number;
  readonly max: number;
  readonly start: number | null;
  readonly value: number | null;
  readonly tiedTo: string | null;
}

/** Every option present and in range: past this line nobody asks again. */
export interface ParsedOptions extends Required<Omit<FitOptions, 'params' | 'tie' | 'weights' | 'unit'>> {
  readonly params: readonly ParamRule[];
  readonly weights: ArrayLike<number> | null;
  readonly unit: ArrayLike<number | string> | null;
}

/** Checks the options of a fit against its law; unknown names are refused. */
export function parseFitOptions(law: Law, options: FitOptions = {}): ParsedOptions {
  const {
    rho = 'huber',
    huberDelta = rho === 'asymmetric' ? 1e-9 : 1e-3,
    over = 10,
    reduce = 'sum',
    residual = law.residual,
    params = {},
    tie = {},
    weights = null,
    unit = null,
    starts = 64,
    seed = 0,
    level = 0.95,
    maxIterations = 200,
    covariance = 'sandwich',
    ...unknown
  } = options;
  checkKnown('fit option', Object.keys(unknown), OPTION_NAMES);
  checkKnown('rho', [rho], RHO_NAMES);
  checkKnown('reduce', [reduce], ['sum', 'mean']);
  checkKnown('residual', [residual], ['log', 'linear']);
  checkKnown('covariance', [covariance], ['sandwich', 'classic']);
  if (!(huberDelta > 0 && huberDelta < Infinity)) fail(mustBe('huberDelta', 'a number above 0', huberDelta));
  if (!(over > 0 && over < Infinity)) fail(mustBe('over', 'a number above 0', over));
  if (!(level > 0 && level < 1)) fail(outsideRange('level', '(0, 1)', level));
  checkCount('starts', starts, 100_000);
  checkCount('maxIterations', maxIterations, 1e6);
  checkSeed(seed);
  return {
    rho,
    huberDelta,
    over,
    reduce,
    residual,
    params: parseRules(law, params, tie),
    weights: parseWeights(weights, unit),
    unit,
    starts,
    seed,
    level,
    maxIterations,
    covariance,
  };
}

const OPTION_NAMES: readonly (keyof FitOptions)[] = [
  'rho',
  'huberDelta',
  'over',
  'reduce',
  'residual',
  'params',
  'tie',
  'weights',
  'unit',
  'starts',
  'seed',
  'level',
  'maxIterations',
  'covariance',
];

/** One weight a row, or null for all the same. */
function parseWeights(
  weights: NonNullable<FitOptions['weights']> | null,
  unit: ArrayLike<number | string> | null,
): ArrayLike<number> | null {
  if (weights === null) return null;
  if (typeof weights === 'string') checkKnown('weights', [weights], ['unit']);
  else if (isArrayLike(weights)) return weights;
  if (unit === null) return fail('weights by run need `unit`, the run of each row');
  const names = Array.from({ length: unit.length }, (_, row) => unit[row]);
  if (weights === 'unit') {
    const counts = new Map<number | string, number>();
    for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
    return Float64Array.from(names, name => 1 / (counts.get(name) ?? 1));
  }
  return Float64Array.from(names, name =>
    Object.hasOwn(weights, name) ? weights[name] : fail(`weights must be given for every run, got none for ${name}`),
  );
}

const isArrayLike = (value: object): value is ArrayLike<number> =>
  'length' in value && typeof value.length === 'number';

/** Refuses the first name that is not known. */
export function checkKnown(what: string, names: readonly string[], known: readonly string[]): void {
  for (const name of names) if (!known.includes(name)) fail(unknownName(what, name, known));
}

/** An integer in [1, most]. */
export function checkCount(name: string, value: number, most: number): void {
  if (!(Number.isInteger(value) && value >= 1 && value <= most))
    fail(mustBe(name, `an integer in [1, ${most}]`, value));
}

function parseRules(law: Law, params: Readonly<Record<string, ParamOption>>, tie: Readonly<Record<string, string>>) {
  const names = paramNames(law);
  checkKnown(`parameter of ${law.name}`, [...Object.keys(params), ...Object.entries(tie).flat()], names);
  const rules = law.params.map(param => parseRule(param, params[param.name], tie[param.name] ?? null));
  for (const rule of rules) checkTie(rule, rules);
  return rules;
}

function parseRule(param: Law['params'][number], option: ParamOption = {}, tiedTo: string | null): ParamRule {
  const { name, scale } = param;
  const { start = null, min = param.min, max = param.max, vary = true, value = null, ...unknown } = option;
  checkKnown(`option of ${name}`, Object.keys(unknown), ['start', 'min', 'max', 'vary', 'value']);
  if (!(min >= param.min && max <= param.max && min < max))
    fail(outsideRange(`bounds of ${name}`, `[${param.min}, ${param.max}], min below max`, `[${min}, ${max}]`));
  const held = value ?? (vary ? null : start);
  if (!vary && held === null) fail(mustBe(name, 'given a value when vary is false', 'none'));
  if (held !== null && tiedTo !== null) fail(mustBe(name, 'held or tied, not both', `value ${held}, tie ${tiedTo}`));
  for (const [what, number] of Object.entries({ start, value: held }))
    if (number !== null && !(Number.isFinite(number) && number >= min && number <= max))
      fail(outsideRange(`${what} of ${name}`, `[${min}, ${max}]`, number));
  if (scale === 'log' && start === 0) fail(mustBe(`start of ${name}`, 'above 0', start));
  return { name, scale, min, max, start, value: held, tiedTo };
}

function checkTie({ name, scale, tiedTo }: ParamRule, rules: readonly ParamRule[]): void {
  if (tiedTo === null) return;
  const target = rules.find(rule => rule.name === tiedTo);
  if (tiedTo === name || target?.tiedTo !== null || target.value !== null)
    fail(mustBe(`tie of ${name}`, 'to another parameter that is free', tiedTo));
  if (target.scale !== scale) fail(mustBe(`tie of ${name}`, `to a parameter of ${scale} scale`, tiedTo));
}
