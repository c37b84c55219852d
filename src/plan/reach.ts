import { type Columns, format } from '../base/index.js';
import { beyondRange } from '../fit/index.js';
import type { Law } from '../law/index.js';
import { type CostedShapes, inputsAt } from './inputs.js';
import type { PlanStage, Problem } from './problem.js';

/**
 * 1 for rows whose inputs all lie within `reach` times the measured range of a stage.
 *
 * @param columns inputs of the stage's law, without the first `skip`
 */
export function reachOf(
  { law, columns: measured }: PlanStage,
  columns: readonly ArrayLike<number>[],
  { reach, rows, skip = 0 }: { reach: number; rows: number; skip?: number },
): Uint8Array {
  const within = new Uint8Array(rows).fill(1);
  if (reach === Infinity) return within;
  for (const [i, column] of columns.entries()) {
    const [low, high] = reachOfInput(measured[law.inputs[skip + i].name], reach);
    for (let row = 0; row < rows; row++) if (!(column[row] >= low && column[row] <= high)) within[row] = 0;
  }
  return within;
}

/** The measured range, so many times as wide to each side: by factors, or for values not above 0 by its width. */
function reachOfInput(measured: Float64Array, reach: number): [low: number, high: number] {
  const [low, high] = extentOf(measured);
  if (low > 0) return [low / reach, high * reach];
  const margin = (reach - 1) * (high - low);
  return [low - margin, high + margin];
}

const extentOf = (values: Float64Array): [number, number] => [
  values.reduce((a, b) => Math.min(a, b), Infinity),
  values.reduce((a, b) => Math.max(a, b), -Infinity),
];

/** How far beyond the measured runs a row lies, in words: `N 2.3 times, D 4.1 times`. */
export function beyondInWords({ stage, inputs }: Problem, costs: CostedShapes, row: number): string {
  return farInWords(stage.law, beyondRange(stage.columns, stage.law, inputsAt(stage.law, costs, { ...inputs, row })));
}

export const farInWords = ({ inputs }: Law, beyond: Readonly<Record<string, number>>): string =>
  Object.entries(beyond)
    .map(([name, far]) => {
      const isFactor = inputs.find(input => input.name === name)!.positive;
      return `${name} ${isFactor ? `${format.digits(far, 3)} times` : `by ${format.digits(far, 3)}`}`;
    })
    .join(', ');

const count = (value: number) => (value < 1e4 ? format.digits(value) : format.count(value));

/** What was measured, in words: `N 57.3M to 16.2B`. */
export const measuredInWords = (law: Law, columns: Columns): string =>
  law.inputs.map(({ name }) => `${name} ${extentOf(columns[name]).map(count).join(' to ')}`).join(', ');
