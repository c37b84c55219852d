import { type Columns, fail, format, outsideRange, pickRows, rowCount, unknownName } from '../base/index.js';
import { inputNames, type Law } from '../law/index.js';
import { bootstrapFit } from './bootstrap.js';
import { type Estimate, type Fit, fitLaw } from './fit.js';
import { checkCount, checkKnown, type FitOptions } from './options.js';
import { fitValues, groupRows } from './redraw.js';
import { TERM_LAWS, type TermLaws } from './shape-term-laws.js';

export interface ShapeTermOptions {
  /** The shape (or run) of each row; default: each row is its own. */
  readonly unit?: ArrayLike<number | string>;
  /** How the score follows the loss; auto takes what forecasts left-out shapes better without a term. Default auto. */
  readonly law?: 'sigmoid' | 'linear' | 'auto';
  /** Best possible score, which the sigmoid tends to; default 1, or 100 where a score is above 1. */
  readonly best?: number;
  /** Coverage of the coefficient's interval, in (0, 1); default 0.9. */
  readonly level?: number;
  /** Draws of whole shapes; 20 and up, default 200. */
  readonly replicates?: number;
  readonly seed?: number;
}

/** 'not identified': the shapes can neither show a term nor rule out one that matters. */
export type ShapeAnswer = 'shape term' | 'no shape term' | 'not identified';

export interface ShapeTerm {
  readonly answer: ShapeAnswer;
  readonly text: string;
  readonly law: TermLaws['name'];
  readonly rows: number;
  readonly shapes: number;
  /** Root mean square of the errors on shapes left out, by the loss alone and with the term, in the unit of the score. */
  readonly leftOut: { readonly plain: number; readonly withTerm: number };
  /** g: per unit of s, in logits for the sigmoid, in the unit of the score for the line. */
  readonly coefficient: Estimate;
  /** Change of the score over the range of s at the middle loss: at the estimate and at the interval's two ends. */
  readonly effect: { readonly value: number; readonly lo: number; readonly hi: number };
  /** Gain in log likelihood by counting rows, which share errors, and by counting shapes, which is the honest one. */
  readonly gain: { readonly rows: number; readonly shapes: number };
  readonly fits: { readonly plain: Fit; readonly withTerm: Fit };
}

/** Draws of fewer shapes than this hardly vary; their interval is Student's instead. */
const FEW_SHAPES = 8;
/** A term is ruled out when the largest that the interval allows, over the whole range of s, is within this many errors on a left-out shape. */
const NEGLIGIBLE = 2;

/**
 * Does shape matter for a score beyond what the loss says? Tested by shape, not by row.
 *
 * Checkpoints of one run share their error, so 770 rows of 22 shapes are 22 observations: by rows a term may gain 38
 * units of log likelihood that are 3 by shapes. Columns: L (loss), score, and s, a number of the shape such as ln depth.
 * 'shape term': the interval of g excludes 0 and the term lowers the error on left-out shapes. 'no shape term': it covers
 * 0 and allows no effect beyond what those errors hide. Else 'not identified'. Source of the claim: Tay 2022.
 *
 * @example testShapeTerm({ L, score, s }, { unit: shapes }).answer // => 'no shape term' on the Gemstones runs
 */
export function testShapeTerm(columns: Columns, options: ShapeTermOptions = {}): ShapeTerm {
  const { unit = null, law = 'auto', level = 0.9, replicates = 200, seed = 0, best, ...unknown } = options;
  checkKnown('shape term option', Object.keys(unknown), []);
  checkKnown('law of a shape term', [law], ['sigmoid', 'linear', 'auto']);
  if (!(level > 0 && level < 1)) fail(outsideRange('level', '(0, 1)', level));
  checkCount('replicates', replicates, 1e6);
  for (const name of ['L', 'score', 's'])
    if (!Object.hasOwn(columns, name)) fail(unknownName('column of the table', name, Object.keys(columns)));
  const rows = rowCount(columns);
  if (unit !== null && unit.length !== rows) fail(`unit must have one entry a row (${rows}), got ${unit.length}`);
  const shapes = groupRows(rows, unit);
  const top = best ?? (columns.score.every(score => score <= 1) ? 1 : 100);
  const study = { columns, shapes, seed, top };
  const chosen = TERM_LAWS.filter(({ name }) => law === 'auto' || name === law)
    .filter(({ name }) => name === 'linear' || law !== 'auto' || shapes.length >= 2 * FEW_SHAPES)
    .map(laws => ({ laws, plain: leaveShapesOut(laws.plain, study) }))
    .reduce((a, b) => (b.plain.rms < a.plain.rms ? b : a));
  const withTerm = leaveShapesOut(chosen.laws.withTerm, study);
  const coefficient = estimateTerm(withTerm, { ...study, unit, level, replicates });
  const finding = {
    law: chosen.laws.name,
    rows,
    shapes: shapes.length,
    leftOut: { plain: chosen.plain.rms, withTerm: withTerm.rms },
    coefficient,
    effect: effectOf(withTerm.fit, columns, coefficient),
    gain: gains(chosen.plain.fit, withTerm.fit, shapes),
    fits: { plain: chosen.plain.fit, withTerm: withTerm.fit },
  };
  return { ...finding, ...answer(finding) };
}

interface Study {
  readonly columns: Columns;
  readonly shapes: readonly (readonly number[])[];
  readonly seed: number;
  readonly top: number;
}

interface LeftOut {
  readonly fit: Fit;
  readonly options: FitOptions;
  readonly rms: number;
}

/** The law fitted to all rows, and its error on each shape when that shape took no part. */
function leaveShapesOut(law: Law, { columns, shapes, seed, top }: Study): LeftOut {
  const held: FitOptions['params'] = law.params.some(({ name }) => name === 'hi') ? { hi: { value: top } } : {};
  const base: FitOptions = { rho: 'squared', seed, params: held };
  const fit = fitLaw(columns, law, { ...base, starts: 16 });
  const values = fitValues(fit);
  const starts = Object.fromEntries(Object.keys(values).map(name => [name, { start: values[name] }]));
  const options: FitOptions = { ...base, starts: 1, params: { ...starts, ...held } };
  let squares = 0;
  for (const out of shapes) {
    const rest = shapes.filter(shape => shape !== out).flat();
    const without = fitLaw(pickRows(columns, rest), law, options);
    const params = law.params.map(({ name }) => without.params[name].value);
    const inputs = inputNames(law).map(name => columns[name]);
    for (const row of out)
      squares +=
        (law.evaluate(
          params,
          inputs.map(input => input[row]),
        ) -
          columns.score[row]) **
        2;
  }
  return { fit, options, rms: Math.sqrt(squares / rowCount(columns)) };
}

/** g with its interval: percentiles over draws of whole shapes, or Student's where shapes are few. */
function estimateTerm(
  { fit, options }: LeftOut,
  study: Study & { unit: ArrayLike<number | string> | null; level: number; replicates: number },
): Estimate {
  const { columns, shapes, unit, level, replicates } = study;
  const common = { ...options, level, ...(unit !== null && { unit }) };
  if (shapes.length < FEW_SHAPES) return fitLaw(columns, fit.law, { ...common, covariance: 'classic' }).params.g;
  return bootstrapFit(columns, fit.law, { ...common, replicates }).params.g;
}

/** Score at the largest s minus that at the smallest, at the median loss. */
function effectOf({ law, params }: Fit, { L, s }: Columns, { value, lo, hi }: Estimate) {
  const loss = [...L].sort((a, b) => a - b)[L.length >> 1];
  const [least, most] = [Math.min(...s), Math.max(...s)];
  const at = (g: number) => {
    const values = law.params.map(({ name }) => (name === 'g' ? g : params[name].value));
    return law.evaluate(values, [loss, most]) - law.evaluate(values, [loss, least]);
  };
  return { value: at(value), lo: at(lo), hi: at(hi) };
}

/** Half the number of observations times the logarithm of the ratio of squares, rows or means of shapes. */
function gains(plain: Fit, withTerm: Fit, shapes: Study['shapes']): ShapeTerm['gain'] {
  const means = ({ residuals }: Fit) =>
    shapes.reduce((sum, rows) => sum + (rows.reduce((total, row) => total + residuals[row], 0) / rows.length) ** 2, 0);
  return {
    rows: (plain.rows / 2) * Math.log(plain.objective / withTerm.objective),
    shapes: (shapes.length / 2) * Math.log(means(plain) / means(withTerm)),
  };
}

type Finding = Omit<ShapeTerm, 'answer' | 'text'>;

function answer(finding: Finding): Pick<ShapeTerm, 'answer' | 'text'> {
  const { leftOut, coefficient, effect, shapes } = finding;
  const covers = coefficient.lo <= 0 && coefficient.hi >= 0;
  const largest = Math.max(Math.abs(effect.lo), Math.abs(effect.hi));
  const numbers =
    `g ${format.digits(coefficient.value, 3)} (${format.digits(coefficient.lo, 3)} to ${format.digits(coefficient.hi, 3)}), ` +
    `error on left-out shapes ${format.digits(leftOut.plain, 3)} by loss alone, ${format.digits(leftOut.withTerm, 3)} with it, ` +
    `log likelihood gained ${finding.gain.shapes.toFixed(1)} by ${shapes} shapes (${finding.gain.rows.toFixed(1)} by ${finding.rows} rows)`;
  if (!covers && leftOut.withTerm < leftOut.plain) return { answer: 'shape term', text: `shape term: ${numbers}` };
  if (covers && shapes >= FEW_SHAPES && largest <= NEGLIGIBLE * leftOut.plain)
    return {
      answer: 'no shape term',
      text: `no shape term: at equal loss shape moves the score by at most ${format.digits(largest, 2)} over its range; ${numbers}`,
    };
  return {
    answer: 'not identified',
    text: `not identified: effects from ${format.digits(effect.lo, 2)} to ${format.digits(effect.hi, 2)} over the range of shapes are all possible; ${numbers}`,
  };
}
