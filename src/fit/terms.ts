import { inputNames, type Law, paramNames } from '../law/index.js';
import { dot } from './matrix.js';
import type { Slots } from './problem.js';

/** One term of a sum of powers: constant / (input^exponent * ...), by index into the law's parameters and inputs. */
export interface Term {
  readonly constant: number;
  readonly factors: readonly { readonly input: number; readonly exponent: number }[];
}

/**
 * The terms of a law that is a sum of powers, read from its formula ('E + A / N^alpha + B / D^beta'); null for any
 * other form. Every parameter must occur once, so that all derivatives are those of one exponential.
 */
export function parseTerms(law: Law): readonly Term[] | null {
  const [params, inputs] = [paramNames(law), inputNames(law)];
  const terms = law.formula.split('+').map(text => parseTerm(text.trim(), params, inputs));
  const found = terms.flatMap(term => (term ? [term] : []));
  const exponents = found.flatMap(term => term.factors.map(factor => factor.exponent));
  const used = [...found.map(term => term.constant), ...exponents];
  const whole = found.length === terms.length && used.length === params.length && new Set(used).size === used.length;
  const fits = exponents.every(k => law.params[k].scale === 'linear');
  return whole && fits && agrees(law, found) ? found : null;
}

/** The formula is only text: hold the terms against the law itself at one point. */
function agrees(law: Law, terms: readonly Term[]): boolean {
  const params = law.params.map((_, k) => 0.3 + 0.1 * k);
  const inputs = law.inputs.map((_, i) => 2 + i);
  const sum = terms.reduce(
    (total, { constant, factors }) =>
      total +
      factors.reduce((value, { input, exponent }) => value / inputs[input] ** params[exponent], params[constant]),
    0,
  );
  return Math.abs(law.evaluate(params, inputs) / sum - 1) < 1e-12;
}

function parseTerm(text: string, params: readonly string[], inputs: readonly string[]): Term | null {
  const [, constant, below] = /^(\w+)(?:\s*\/\s*(.+))?$/.exec(text) ?? [];
  if (!params.includes(constant)) return null;
  const powers = below === undefined ? [] : below.replace(/^\((.*)\)$/, '$1').split(/\s*\*\s*/);
  const factors = powers.map(power => {
    const [, input, exponent] = /^(\w+)\^(\w+)$/.exec(power) ?? [];
    return { input: inputs.indexOf(input), exponent: params.indexOf(exponent) };
  });
  const known = factors.every(({ input, exponent }) => input >= 0 && exponent >= 0);
  return known ? { constant: params.indexOf(constant), factors } : null;
}

/** The columns of a law at one point: what residuals and derivatives are made of. */
export interface TermColumns {
  /** Fills `powers` for the exponents in theta. */
  raise(theta: ArrayLike<number>): void;
  /** Fills `powers` and the response of every row at theta. */
  respond(theta: ArrayLike<number>, response: Float64Array): void;
  /** Fills d response / d theta times `scale` of the row, a column each, at the theta of the last `respond`. */
  slopes(scale: Float64Array, columns: readonly Float64Array[]): void;
  /** Adds the sum over rows of weight * second derivatives of the response, at the theta of the last `respond`. */
  bend(weights: Float64Array, hessian: Float64Array): void;
  /** The columns that the constants multiply, one a term. */
  readonly powers: readonly Float64Array[];
}

/**
 * Works in the columns given as `powers`.
 *
 * A term is exp(ln A - alpha ln v): its derivatives by ln A and alpha are the term times (1, -ln v), the second ones the
 * term times the products of these. So one exponential a term and row gives everything. Measured on Chinchilla's 240
 * rows: value, Jacobian and Hessian in 18 us, against 188 us by calling the law row by row and
 * differencing its gradient.
 */
export function createTermColumns(
  terms: readonly Term[],
  slots: Slots,
  { logs, powers }: { logs: readonly Float64Array[]; powers: readonly Float64Array[] },
): TermColumns {
  const { slot, held, isLog, size } = slots;
  const rows = powers[0].length;
  for (const column of powers) column.fill(1);
  const constants = new Float64Array(terms.length);
  const shared = new Set(slot).size < slot.length; // held or tied: a column may be that of none or of two parameters
  const unused = new Float64Array(shared ? rows : 0);
  const at = (k: number, theta: ArrayLike<number>) => {
    const j = slot[k];
    return j < 0 ? held[k] : isLog[j] ? Math.exp(theta[j]) : theta[j];
  };

  function raise(theta: ArrayLike<number>): void {
    for (let t = 0; t < terms.length; t++) {
      const { factors } = terms[t];
      if (factors.length === 1) power(powers[t], logs[factors[0].input], at(factors[0].exponent, theta));
      else if (factors.length > 1) product(powers[t], factors, theta);
    }
  }

  function product(column: Float64Array, factors: Term['factors'], theta: ArrayLike<number>): void {
    column.fill(0);
    for (const { input, exponent } of factors) addScaled(column, logs[input], -at(exponent, theta));
    for (let row = 0; row < rows; row++) column[row] = Math.exp(column[row]);
  }

  function respond(theta: ArrayLike<number>, response: Float64Array): void {
    let offset = 0;
    for (let t = 0; t < terms.length; t++) {
      constants[t] = at(terms[t].constant, theta);
      if (terms[t].factors.length === 0) offset += constants[t];
    }
    response.fill(offset);
    for (let t = 0; t < terms.length; t++) {
      const { factors } = terms[t];
      if (factors.length === 0) continue;
      if (factors.length > 1) {
        product(powers[t], factors, theta);
        addScaled(response, powers[t], constants[t]);
      } else
        addPower(response, powers[t], {
          log: logs[factors[0].input],
          exponent: at(factors[0].exponent, theta),
          by: constants[t],
        });
    }
  }

  function slopes(scale: Float64Array, columns: readonly Float64Array[]): void {
    if (shared) for (const column of columns) column.fill(0);
    const place = (k: number) => (slot[k] < 0 ? unused : columns[slot[k]]);
    for (let t = 0; t < terms.length; t++) {
      const { constant, factors } = terms[t];
      const j = slot[constant];
      const by = constants[t];
      // The slope by the constant itself, or by its logarithm.
      const own = j < 0 || isLog[j] ? by : 1;
      if (factors.length === 1 && !shared)
        fillPair(
          { first: place(constant), second: place(factors[0].exponent) },
          { power: powers[t], log: logs[factors[0].input], scale },
          { own, by },
        );
      else if (factors.length === 0 && !shared) fillProduct(place(constant), powers[t], scale, own);
      else {
        if (!shared) for (const k of [constant, ...factors.map(({ exponent }) => exponent)]) place(k).fill(0);
        addProduct(place(constant), powers[t], scale, own);
        for (const { input, exponent } of factors)
          addTriple(place(exponent), { power: powers[t], log: logs[input], scale }, -by);
      }
    }
  }

  function bend(weights: Float64Array, hessian: Float64Array): void {
    for (let t = 0; t < terms.length; t++) {
      const { constant, factors } = terms[t];
      if (factors.length === 0) {
        const j = slot[constant];
        if (j >= 0 && isLog[j]) add(hessian, j, j, constants[t] * dot(weights, powers[t]));
      } else if (factors.length === 1) bendOne(t, weights, hessian);
      else bendMany(t, weights, hessian);
    }
  }

  function bendOne(t: number, weights: Float64Array, hessian: Float64Array): void {
    const { constant, factors } = terms[t];
    const [j, e] = [slot[constant], slot[factors[0].exponent]];
    const [column, log, by] = [powers[t], logs[factors[0].input], constants[t]];
    let plain = 0;
    let once = 0;
    let twice = 0;
    for (let row = 0; row < rows; row++) {
      const value = weights[row] * column[row];
      plain += value;
      once += value * log[row];
      twice += value * log[row] * log[row];
    }
    if (j >= 0 && isLog[j]) add(hessian, j, j, by * plain);
    if (j >= 0 && e >= 0) add(hessian, j, e, -(isLog[j] ? by : 1) * once, true);
    if (e >= 0) add(hessian, e, e, by * twice);
  }

  function bendMany(t: number, weights: Float64Array, hessian: Float64Array): void {
    const { constant, factors } = terms[t];
    const j = slot[constant];
    const by = constants[t];
    const weighted = weights.map((weight, row) => weight * powers[t][row]);
    if (j >= 0 && isLog[j]) add(hessian, j, j, by * dot(weights, powers[t]));
    factors.forEach(({ input, exponent }, f) => {
      const e = slot[exponent];
      if (e < 0) return;
      if (j >= 0) add(hessian, j, e, -(isLog[j] ? by : 1) * dot(weighted, logs[input]), true);
      for (const [g, other] of factors.slice(f).entries()) {
        const d = slot[other.exponent];
        if (d >= 0) add(hessian, e, d, by * dotOfThree(weighted, logs[input], logs[other.input]), g > 0);
      }
    });
  }

  /** Adds to (a, b) and (b, a); two different parameters tied to one count twice on the diagonal. */
  function add(hessian: Float64Array, a: number, b: number, value: number, apart = false): void {
    hessian[a * size + b] += value;
    if (apart) hessian[b * size + a] += value;
  }

  return { raise, respond, slopes, bend, powers };
}

function power(column: Float64Array, log: Float64Array, exponent: number): void {
  for (let row = 0, rows = column.length; row < rows; row++) column[row] = Math.exp(-exponent * log[row]);
}

function addPower(
  response: Float64Array,
  column: Float64Array,
  { log, exponent, by }: { log: Float64Array; exponent: number; by: number },
): void {
  for (let row = 0, rows = column.length; row < rows; row++) {
    const value = Math.exp(-exponent * log[row]);
    column[row] = value;
    response[row] += by * value;
  }
}

function addScaled(sum: Float64Array, column: Float64Array, by: number): void {
  for (let row = 0, rows = sum.length; row < rows; row++) sum[row] += by * column[row];
}

function fillProduct(out: Float64Array, a: Float64Array, b: Float64Array, by: number): void {
  for (let row = 0, rows = out.length; row < rows; row++) out[row] = by * a[row] * b[row];
}

function addProduct(sum: Float64Array, a: Float64Array, b: Float64Array, by: number): void {
  for (let row = 0, rows = sum.length; row < rows; row++) sum[row] += by * a[row] * b[row];
}

interface Triple {
  readonly power: Float64Array;
  readonly log: Float64Array;
  readonly scale: Float64Array;
}

function addTriple(sum: Float64Array, { power, log, scale }: Triple, by: number): void {
  for (let row = 0, rows = sum.length; row < rows; row++) sum[row] += by * power[row] * log[row] * scale[row];
}

/** The columns of a constant and of its exponent, in one pass. */
function fillPair(
  { first, second }: { first: Float64Array; second: Float64Array },
  { power, log, scale }: Triple,
  { own, by }: { own: number; by: number },
): void {
  for (let row = 0, rows = power.length; row < rows; row++) {
    const value = power[row] * scale[row];
    first[row] = own * value;
    second[row] = -by * value * log[row];
  }
}

function dotOfThree(a: Float64Array, b: Float64Array, c: Float64Array): number {
  let sum = 0;
  for (let row = 0, rows = a.length; row < rows; row++) sum += a[row] * b[row] * c[row];
  return sum;
}
