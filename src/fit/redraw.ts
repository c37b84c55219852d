import type { Random } from '../base/index.js';
import type { Fit } from './fit.js';
import type { Problem, Slots } from './problem.js';

/** Rows by unit, in order of appearance; each row alone when there are no units. */
export function groupRows(rows: number, unit: ArrayLike<number | string> | null): number[][] {
  const groups = new Map<number | string, number[]>();
  for (let row = 0; row < rows; row++) {
    const key = unit === null ? row : unit[row];
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return [...groups.values()];
}

/** How often each row is drawn when as many groups as there are get drawn with replacement. */
export function drawTimes(rows: number, groups: readonly (readonly number[])[], random: Random): Float64Array {
  const times = new Float64Array(rows);
  for (let draw = 0; draw < groups.length; draw++)
    for (const row of groups[random.integer(groups.length)]) times[row] += 1;
  return times;
}

/** The free parameters of a fit as the searches walk them. */
export function thetaOf({ rules, slot, isLog, size }: Slots, values: Readonly<Record<string, number>>): Float64Array {
  const theta = new Float64Array(size);
  rules.forEach(({ name, tiedTo }, k) => {
    const j = slot[k];
    if (j >= 0 && tiedTo === null) theta[j] = isLog[j] ? Math.log(values[name]) : values[name];
  });
  return theta;
}

/** Values of a fit's parameters by name. */
export const fitValues = ({ params }: Pick<Fit, 'params'>): Record<string, number> =>
  Object.fromEntries(Object.entries(params).map(([name, { value }]) => [name, value]));

/** The rows with a weight above 0, and the weights to fit them with. */
export function weighRows({ weights }: Problem, times: Float64Array): { rows: number[]; weights: Float64Array } {
  const rows = Array.from(times.keys()).filter(row => times[row] * weights[row] > 0);
  return { rows, weights: Float64Array.from(rows, row => times[row] * weights[row]) };
}
