import type { Columns } from '../base/index.js';

/** A quantity a law reads: one column of the runs. */
export interface LawInput {
  readonly name: string;
  readonly unit: string;
  readonly meaning: string;
  /** Values must be above 0 (powers and logarithms are taken). */
  readonly positive: boolean;
  /** Which way the response goes as this input grows, the others held; either = both happen, or it is not known. */
  readonly trend: 'falls' | 'rises' | 'either';
  /** Parameters that only a change of this input can tell apart from the others. */
  readonly drives: readonly string[];
}

/** A constant of a law. `scale` is how the fit walks it: by factors (log, always above 0) or by differences. */
export interface LawParam {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly scale: 'log' | 'linear';
  readonly meaning: string;
}

/** Far away, at `inputs`, the response tends to `value` (a formula in the parameters). */
export interface LawLimit {
  readonly inputs: Readonly<Record<string, number>>;
  readonly value: string;
}

/**
 * A formula that maps inputs to one response through named constants: a pure function with its gradient.
 *
 * Adding one is one file and one line of the registry; the contract suite then holds it to its own formula.
 */
export interface Law {
  readonly name: string;
  readonly title: string;
  /** The same function as text, as `parseFormula` reads it; for the laws of the registry mathjs reads it too. */
  readonly formula: string;
  readonly inputs: readonly LawInput[];
  readonly response: { readonly name: string; readonly unit: string };
  readonly params: readonly LawParam[];
  /** What a residual is: log = ln predicted - ln measured (the response must be above 0), linear = the difference. */
  readonly residual: 'log' | 'linear';
  /** Parameters in which the formula is linear and homogeneous: for given others they follow by linear algebra. */
  readonly linear: readonly string[];
  /** Where to look for each of the other parameters, from the data: [from, to], walked on the parameter's scale. */
  ranges(columns: Columns): Readonly<Record<string, readonly [number, number]>>;
  /** Response at `inputs`; both arrays in declared order. Fills d response / d parameter when `gradient` is given. */
  evaluate(params: ArrayLike<number>, inputs: ArrayLike<number>, gradient?: Float64Array): number;
  readonly limits: readonly LawLimit[];
  readonly example: { readonly params: Readonly<Record<string, number>>; readonly source: string };
  readonly source: string;
}

/** Names of the parameters, in declared order. */
export const paramNames = (law: Law): string[] => law.params.map(param => param.name);

/** Names of the inputs, in declared order. */
export const inputNames = (law: Law): string[] => law.inputs.map(input => input.name);
