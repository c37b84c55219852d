import { type Columns, fail, mustBe, rowCount } from '../base/index.js';
import type { Law } from '../law/index.js';
import { type Fit, fitLaw } from './fit.js';
import type { FitOptions, ParamOption } from './options.js';
import type { Prior } from './prior.js';

/** Column of the joined table that says which belief a row states; 0 for a measured row. */
const BELIEF = 'belief';
/** A belief's residual is this share of where Huber's function turns, per standard deviation: always on its square part. */
const SMALL = 0.01;
/** A lognormal belief excludes 0; a search that comes that near is held off by a finite wall. */
const LEAST = 1e-9;

/**
 * The fit with lognormal beliefs about some constants (the mode of the posterior).
 *
 * Each belief is one more row, whose residual is ln(value / median) / sd; its weight makes it as heavy as one standard
 * deviation of likelihood, at the scale that the residuals of the plain fit have.
 */
export function withPriors(
  plain: Fit,
  columns: Columns,
  { prior, options }: { prior: Readonly<Record<string, Prior>>; options: FitOptions },
): Fit {
  const { law, rho, huberDelta } = plain;
  if (rho !== 'huber' && rho !== 'squared') fail(mustBe('rho of a fit with priors', 'squared or huber', rho));
  const beliefs = Object.entries(prior);
  const unit = SMALL * (rho === 'huber' ? huberDelta : 1);
  const rows = rowCount(columns);
  const scale = likelihoodScale(plain);
  const joined = Object.fromEntries(
    Object.entries(columns).map(([name, values]) => {
      const stated = name === law.response.name ? 1 : values[0];
      return [name, Float64Array.from({ length: rows + beliefs.length }, (_, i) => (i < rows ? values[i] : stated))];
    }),
  );
  joined[BELIEF] = Float64Array.from({ length: rows + beliefs.length }, (_, i) => Math.max(0, i - rows + 1));
  const weights = Float64Array.from(joined[BELIEF], belief => (belief === 0 ? 1 : scale / unit ** 2));
  const fit = fitLaw(joined, believingLaw(plain, beliefs, unit), {
    ...options,
    weights,
    params: startAt(plain, options),
  });
  // What is said of single rows and flat directions would speak of the beliefs' rows too.
  const verdicts = fit.verdicts.filter(({ code }) => code === 'notConverged' || code === 'atBound');
  const pull = beliefs.reduce(
    (sum, [name, belief]) => sum + (scale * strain(fit.params[name].value, belief) ** 2) / 2,
    0,
  );
  return { ...fit, law, rows, residuals: fit.residuals.slice(0, rows), objective: fit.objective - pull, verdicts };
}

/** How far a value is from a belief, in its standard deviations. */
const strain = (value: number, { median, sd }: Prior) => Math.log(Math.max(value, LEAST) / median) / sd;

/** What one unit of minus log likelihood is worth in the objective: sigma^2 of squares, the mean of rho otherwise. */
function likelihoodScale({ objective, rows, free, rho }: Fit): number {
  const share = objective / Math.max(1, rows - free);
  return Math.max(rho === 'squared' ? 2 * share : share, 1e-14);
}

/** The law on measured rows, (value / median)^(unit / sd) on the rows of beliefs. */
function believingLaw(plain: Fit, beliefs: readonly (readonly [string, Prior])[], unit: number): Law {
  const { law, residual } = plain;
  const size = law.inputs.length;
  const places = beliefs.map(([name]) => law.params.findIndex(param => param.name === name));
  return {
    ...law,
    name: `${law.name} with beliefs`,
    formula: `if(${BELIEF} == 0, ${law.formula}, a belief)`, // no plain sum of powers, whatever the law is
    inputs: [
      ...law.inputs,
      { name: BELIEF, unit: '', meaning: 'which belief', positive: false, trend: 'either', drives: [] },
    ],
    linear: [],
    ranges: columns => ({
      ...law.ranges(columns),
      ...Object.fromEntries(law.linear.map(name => [name, around(plain, name)])),
    }),
    evaluate(params, inputs, gradient) {
      const belief = beliefs.findIndex((_, k) => inputs[size] === k + 1);
      if (belief < 0) return law.evaluate(params, inputs, gradient);
      const place = places[belief];
      const held = beliefs[belief][1];
      const shift = unit * strain(params[place], held);
      const response = residual === 'log' ? Math.exp(shift) : 1 + shift;
      if (gradient) {
        gradient.fill(0);
        gradient[place] = ((residual === 'log' ? response : 1) * unit) / (held.sd * Math.max(params[place], LEAST));
      }
      return response;
    },
  };
}

/** A linear constant no longer follows by linear algebra; it is looked for around where the plain fit has it. */
function around({ params, law }: Fit, name: string): readonly [number, number] {
  const { value } = params[name];
  const { scale, min } = law.params.find(param => param.name === name) as Law['params'][number];
  if (scale === 'log') return [Math.max(value, 1e-12) / 10, Math.max(value, 1e-12) * 10];
  return [Math.max(min, value - Math.abs(value) / 2), value + Math.abs(value) / 2 + 1e-9];
}

function startAt({ params: found, law }: Fit, { params = {}, tie = {} }: FitOptions): Record<string, ParamOption> {
  const entries = law.params.map(({ name, scale }): [string, ParamOption] => {
    const given = Object.hasOwn(params, name) ? params[name] : {};
    const held = given.value !== undefined || given.vary === false || Object.hasOwn(tie, name);
    const { value } = found[name];
    return [name, held || (scale === 'log' && !(value > 0)) ? given : { ...given, start: value }];
  });
  return Object.fromEntries(entries);
}
