import test from 'ava';
import fc from 'fast-check';
import { createRandom, InputError } from '../../src/base/index.js';
import { createFrontierKernel, frontierIndices, type Goal } from '../../src/frontier/index.js';
import { type Case, cases, frontByDefinition } from './oracle.js';

const front = ({ columns, goals }: Case) => Array.from(frontierIndices(columns, goals));
const least = (count: number): Goal[] => Array.from({ length: count }, () => 'min');

test('frontierIndices(points) is the definition, on 1 to 5 axes, with ties, infinities and both zeros', t => {
  fc.assert(
    fc.property(cases(), points => t.deepEqual(front(points), frontByDefinition(points))),
    { numRuns: 300 },
  );
});

test('frontierIndices(points) is the definition where the divide and conquer is several levels deep', t => {
  const drawn = fc.record({
    seed: fc.nat(1e6),
    axes: fc.integer({ min: 4, max: 6 }),
    count: fc.integer({ min: 100, max: 600 }),
    values: fc.constantFrom(4, 16, 1e6), // how many an axis may take
  });
  fc.assert(
    fc.property(drawn, ({ seed, axes, count, values }) => {
      const { integer } = createRandom(seed);
      const columns = Array.from({ length: axes }, () => Float64Array.from({ length: count }, () => integer(values)));
      t.deepEqual(front({ columns, goals: least(axes) }), frontByDefinition({ columns, goals: least(axes) }));
    }),
    { numRuns: 40 },
  );
});

test('the order of the points does not matter', t => {
  fc.assert(
    fc.property(cases(), fc.infiniteStream(fc.nat()), ({ columns, goals }, keys) => {
      const order = [...columns[0].keys()].map(i => [keys.next().value ?? 0, i]).sort((a, b) => a[0] - b[0]);
      const shuffled = columns.map(column => Float64Array.from(order, ([, i]) => column[i]));
      const found = front({ columns: shuffled, goals }).map(i => order[i][1]);
      t.deepEqual(
        found.sort((a, b) => a - b),
        front({ columns, goals }),
      );
    }),
  );
});

test('a rising transform of an axis does not matter', t => {
  const rising = (value: number) => Math.atan(value / 4) * 3 - 7;
  fc.assert(
    fc.property(cases(), ({ columns, goals }) => {
      const whole = columns.map(column => column.map(value => Math.max(-9, Math.min(9, Math.round(value)))));
      t.deepEqual(front({ columns: whole.map(c => c.map(rising)), goals }), front({ columns: whole, goals }));
    }),
  );
});

test('turning an axis round and its goal with it does not matter', t => {
  fc.assert(
    fc.property(cases(), ({ columns, goals }) => {
      const turned = goals.map((goal): Goal => (goal === 'min' ? 'max' : 'min'));
      t.deepEqual(front({ columns: columns.map(c => c.map(v => -v)), goals: turned }), front({ columns, goals }));
    }),
  );
});

test('adding a dominated point changes nothing', t => {
  fc.assert(
    fc.property(cases(), fc.nat(), ({ columns, goals }, pick) => {
      fc.pre(columns[0].length > 0);
      const worse = (value: number, axis: number) => (goals[axis] === 'min' ? value + 1 : value - 1);
      const whole = columns.map(column => column.map(value => Math.max(-99, Math.min(99, value))));
      const copied = pick % columns[0].length;
      const more = whole.map((column, axis) => Float64Array.of(...column, worse(column[copied], axis)));
      t.deepEqual(front({ columns: more, goals }), front({ columns: whole, goals }));
    }),
  );
});

// Thousands of points: past the sieve's and the insertion sort's thresholds, through every way of sorting.
const KINDS: Record<string, (u: () => number, i: number) => number> = {
  uniform: u => u(),
  'log-spaced': u => 10 ** (18 + 6 * u()),
  'a few whole numbers': u => Math.floor(u() * 9),
  'clusters a billionth wide': u => Math.floor(u() * 20) + u() * 1e-9,
  'alike in their upper bits': u => 1 + u() * 1e-12,
  'signed, with infinities': u => (u() < 0.1 ? Infinity : u() < 0.1 ? -Infinity : u() - 0.5),
  falling: (_, i) => -i,
};
for (const [kind, value] of Object.entries(KINDS))
  for (const axes of [2, 3, 4])
    test(`frontierIndices(4200 points, ${axes} axes) is the definition where values are ${kind}`, t => {
      const { uniform } = createRandom(axes);
      const first = Float64Array.from({ length: 4200 }, (_, i) => value(uniform, i));
      // The second axis runs against the first, so that many points are efficient.
      const others = Array.from({ length: axes - 2 }, () => first.map(() => uniform()));
      const points = {
        columns: [first, first.map(v => (uniform() < 0.5 ? -v : 1 - v)), ...others],
        goals: least(axes),
      };
      t.deepEqual(front(points), frontByDefinition(points));
    });

// A trade-off on the first three axes keeps nearly all points efficient; the fourth is what the recursion may stumble on.
const FOURTH: Record<string, (u: () => number, first: number) => number> = {
  'rises with the first': (_, first) => first,
  'is one value for most, spread out for few': u => (u() < 0.9 ? 0 : u()),
  'is one value for all': () => 7,
};
for (const [kind, fourth] of Object.entries(FOURTH))
  test(`frontierIndices(2500 points) is the definition where the fourth axis ${kind}`, t => {
    const { uniform } = createRandom(4);
    const rows = Array.from({ length: 2500 }, () => {
      const [a, b] = [uniform(), uniform()];
      return [a, b, -a - b + uniform() / 100, fourth(uniform, a)];
    });
    const points = { columns: [0, 1, 2, 3].map(axis => Float64Array.from(rows, row => row[axis])), goals: least(4) };
    t.deepEqual(front(points), frontByDefinition(points));
  });

test('createFrontierKernel() gives the same frontiers from used buffers, whatever their last size', t => {
  const kernel = createFrontierKernel();
  fc.assert(
    fc.property(cases(), ({ columns, goals }) => t.deepEqual(kernel(columns, goals), frontierIndices(columns, goals))),
  );
});

test('frontierIndices(columns) refuses NaN, no columns, uneven columns, and a goal it does not know', t => {
  const refused = (columns: Float64Array[], goals: readonly string[]) =>
    t.throws(() => frontierIndices(columns, goals as Goal[]), { instanceOf: InputError }).message;
  const [two, three] = [Float64Array.of(1, 2), Float64Array.of(1, 2, Number.NaN)];
  t.is(refused([three], ['min']), 'column 0 at index 2 must be a number, got NaN');
  t.is(refused([], []), 'a frontier needs at least 1 objective, got 0');
  t.is(refused([two, three], ['min', 'min']), 'column 1 must be 2 numbers long, as column 0, got 3');
  t.is(refused([two, two], ['min']), 'goals must be 2 in number, one a column, got 1');
  t.is(refused([two], ['least']), 'goal 0 must be min or max, got "least"');
});
