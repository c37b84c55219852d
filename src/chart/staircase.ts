import type { Range } from './axis.js';

/** A compute region: from (included) to (excluded), in the unit of the cost axis; open ends are null. */
export interface Region {
  readonly name: string;
  readonly from: number | null;
  readonly to: number | null;
}

/** What everything costs lies in here. */
export const WHOLE: Region = { name: '', from: null, to: null };

/** A point that nothing cheaper beats. */
export interface Step {
  readonly cost: number;
  readonly quality: number;
}

export type Corner = readonly [cost: number, quality: number];

const inRegion = ({ from, to }: Region, cost: number) => cost >= (from ?? 0) && cost < (to ?? Infinity);

/**
 * Corners of the best quality that a budget buys, from cheap to dear, up to the end of the region or of the axis:
 * level until the next model, then a step.
 *
 * @param options.larger the larger cost is the cheaper one, as with speeds; default false
 */
export function staircase(
  points: readonly Step[],
  region: Region,
  { range, larger = false }: { range: Range; larger?: boolean },
): Corner[] {
  const steps = points
    .filter(({ cost }) => inRegion(region, cost))
    .sort((a, b) => (larger ? b.cost - a.cost : a.cost - b.cost));
  if (steps.length === 0) return [];
  const end = larger ? Math.max(range[0], region.from ?? 0) : Math.min(range[1], region.to ?? Infinity);
  const corners = steps.flatMap(({ cost, quality }, i): Corner[] =>
    i === 0
      ? [[cost, quality]]
      : [
          [cost, steps[i - 1].quality],
          [cost, quality],
        ],
  );
  return [...corners, [end, steps[steps.length - 1].quality]];
}
