import test from 'ava';
import { InputError } from '../../src/base/index.js';
import { computeRegions, frontierByRegion, type Objective, regionOf } from '../../src/frontier/index.js';

test('computeRegions() has a region a T5 size, without gaps from 0 to Infinity', t => {
  const regions = computeRegions();
  t.deepEqual(
    regions.map(({ name }) => name),
    ['tiny', 'mini', 'small', 'base', 'large', 'xl', 'xxl'],
  );
  t.is(regions[0].from, 0);
  t.is(regions[6].to, Infinity);
  for (const [i, { from }] of regions.slice(1).entries()) t.is(from, regions[i].to);
});

/** Of 512 + 114 tokens, tiny to xxl, by PyTorch's FlopCounterMode (datasets/t5-shapes). */
const FORWARD = [
  7_836_155_904, 17_360_322_560, 35_417_800_704, 141_981_401_088, 481_392_721_920, 1_903_067_922_432, 7_589_768_724_480,
];
test('computeRegions() cuts halfway, in logarithms, between the FLOPs PyTorch counts for neighbouring sizes', t => {
  const training = FORWARD.map(forward => 2 ** 19 * 128 * 3 * forward);
  const cuts = computeRegions().slice(1);
  for (const [i, { from }] of cuts.entries())
    t.true(Math.abs(2 * Math.log(from) - Math.log(training[i]) - Math.log(training[i + 1])) < 1e-12);
});

test('regionOf(flops, regions) takes the lower edge in and leaves the upper one out', t => {
  const regions = computeRegions([18, 20]);
  t.deepEqual(
    [1, 1e18, 9.9e19, 1e20, 1e30].map(flops => regionOf(flops, regions).name),
    ['below 1e18', '1e18 to 1e20', '1e18 to 1e20', 'from 1e20', 'from 1e20'],
  );
  t.deepEqual(computeRegions([]), [{ name: 'all', from: 0, to: Infinity }]);
});

test('computeRegions(edges) refuses edges that do not rise', t => {
  const refused = (edges: number[]) => t.throws(() => computeRegions(edges), { instanceOf: InputError }).message;
  t.is(
    refused([20, 18]),
    'edge 1 of the compute regions must be a finite log10 of FLOPs above the edge before, got 18',
  );
  t.regex(refused([Number.NaN]), /got NaN$/);
  t.regex(refused([18, 18]), /got 18$/);
});

interface Run {
  readonly name: string;
  readonly flops: number;
  readonly loss: number;
}
const LOSS: Objective<Run> = { name: 'loss', goal: 'min' };

test('frontierByRegion(points, objectives) compares with the own and cheaper regions, and keeps empty regions', t => {
  const params: Objective<Run & { params: number }> = { name: 'params', goal: 'min' };
  const runs = [
    { name: 'cheap and good', flops: 1e17, loss: 2, params: 7 },
    { name: 'beaten at home', flops: 2e17, loss: 3, params: 8 },
    { name: 'better, but dear', flops: 1e19, loss: 1.9, params: 5 },
    { name: 'beaten by a cheaper region', flops: 5e20, loss: 2.5, params: 9 },
  ];
  const found = frontierByRegion(runs, [params, LOSS], { regions: computeRegions([18, 20]) });
  t.deepEqual(
    found.map(({ name, points }) => [name, points.map(run => run.name).join(', ')]),
    [
      ['below 1e18', 'cheap and good'],
      ['1e18 to 1e20', 'better, but dear'],
      ['from 1e20', ''],
    ],
  );
});

test('frontierByRegion(points) refuses FLOPs that are not positive, naming the point', t => {
  const broken = [{ name: 'a', flops: 0, loss: 2 }];
  const error = t.throws(() => frontierByRegion(broken, [LOSS]), { instanceOf: InputError });
  t.is(error.message, 'training FLOPs of points[0] (a) must be a positive number, got 0');
  t.regex(t.throws(() => regionOf(Number.NaN, computeRegions())).message, /^training FLOPs must be a positive number/);
});
