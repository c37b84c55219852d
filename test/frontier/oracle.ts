import fc from 'fast-check';
import type { Goal } from '../../src/frontier/index.js';

/** Points as columns, and a goal for each. */
export interface Case {
  readonly columns: readonly Float64Array[];
  readonly goals: readonly Goal[];
}

/** The definition, pair by pair. */
export function frontByDefinition({ columns, goals }: Case): number[] {
  const costs = columns.map((column, axis) => column.map(value => (goals[axis] === 'max' ? -value : value)));
  const all = [...columns[0].keys()];
  return all.filter(point => !all.some(other => dominates(costs, other, point)));
}

function dominates(costs: readonly Float64Array[], a: number, b: number): boolean {
  let better = false;
  for (const cost of costs) {
    if (cost[a] > cost[b]) return false;
    if (cost[a] < cost[b]) better = true;
  }
  return better;
}

const WHOLE = fc.integer({ min: 0, max: 4 }); // few values: ties and duplicates everywhere
const EDGES = fc.constantFrom(Infinity, -Infinity, 0, -0, 5e-324, -5e-324, Number.MAX_VALUE, 1, 1 + Number.EPSILON, -1);
const ANY = fc.oneof(WHOLE, EDGES, fc.double({ noNaN: true }));

/** Point sets on 1 to `axes` axes, tied or wild. */
export function cases({ axes = 5, size = 60 } = {}): fc.Arbitrary<Case> {
  return fc.tuple(fc.integer({ min: 1, max: axes }), fc.boolean()).chain(([width, tied]) =>
    fc.record({
      goals: fc.array(fc.constantFrom<Goal>('min', 'max'), { minLength: width, maxLength: width }),
      columns: fc
        .array(fc.array(tied ? WHOLE : ANY, { minLength: width, maxLength: width }), { maxLength: size })
        .map(rows => Array.from({ length: width }, (_, axis) => Float64Array.from(rows, row => row[axis]))),
    }),
  );
}
