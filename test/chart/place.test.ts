import test from 'ava';
import { createRandom } from '../../src/base/index.js';
import { type LabelRequest, type PlacedLabel, placeLabels } from '../../src/chart/index.js';
import { type Box, discOf } from '../../src/chart/place.js';
import { textWidth } from '../../src/chart/text.js';
import { frontier, paramsFrontier, speedFrontier } from './samples.js';

const PLOT = { width: 640, height: 360 };

const touch = (a: Box, b: Box) => a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1;

/** Every pair of a name and something else that it covers. */
function collisions(requests: readonly LabelRequest[], placed: readonly PlacedLabel[]): string[] {
  const between = placed.flatMap((a, i) =>
    placed
      .slice(i + 1)
      .flatMap(b => (touch(a.box, b.box) ? [`${requests[a.index].text} on ${requests[b.index].text}`] : [])),
  );
  const onPoints = placed.flatMap(({ box, index }) =>
    requests.flatMap((request, other) =>
      other !== index && touch(box, discOf(request)) ? [`${index} on point ${other}`] : [],
    ),
  );
  return [...between, ...onPoints];
}

/** The points of a frontier chart in a plot of 640 by 360, as logs of cost against quality. */
function requestsOf({ points }: typeof frontier): LabelRequest[] {
  const costs = points.map(({ cost }) => Math.log(cost));
  const [low, high] = [Math.min(...costs), Math.max(...costs)];
  return points.map(({ name, quality }, i) => ({
    text: name,
    x: 30 + (580 * (costs[i] - low)) / (high - low),
    y: 340 - (320 * (quality - 62)) / 18,
    radius: 5,
  }));
}

for (const [axis, values] of Object.entries({ FLOPs: frontier, parameters: paramsFrontier, speed: speedFrontier }))
  test(`placeLabels(Table 4 by ${axis}) names all 14 models and covers nothing`, t => {
    const requests = requestsOf(values);
    const placed = placeLabels(requests, PLOT);
    t.deepEqual(collisions(requests, placed), []);
    t.is(placed.length, 14);
  });

test('placeLabels(requests) covers nothing on random points, however dense', t => {
  for (let seed = 0; seed < 30; seed++) {
    const random = createRandom(seed);
    const requests = Array.from({ length: 5 + random.integer(60) }, (_, i) => ({
      text: `model-${'x'.repeat(random.integer(12))}${i}`,
      x: random.uniform() * PLOT.width,
      y: random.uniform() * PLOT.height,
    }));
    t.deepEqual(collisions(requests, placeLabels(requests, PLOT)), [], `seed ${seed}`);
  }
});

test('placeLabels(requests) keeps names in the plot, or 5 pixels out at the sides', t => {
  const corners = [0, 640].flatMap(x => [0, 360].map(y => ({ text: 'corner', x, y })));
  for (const { box } of placeLabels(corners, PLOT))
    t.true(box.x0 >= -5 && box.x1 <= 645 && box.y0 >= 0 && box.y1 <= 360);
});

test('placeLabels(requests) puts a lone name right of its point, without a leader', t => {
  const [{ x, y, align, leader }] = placeLabels([{ text: 'alone', x: 100, y: 100, radius: 5 }], PLOT);
  t.deepEqual({ x, y, align, leader }, { x: 109, y: 100, align: 'left', leader: null });
});

test('placeLabels(requests) leaves out what finds no room, and says which by index', t => {
  const wall = [{ x0: 0, y0: 0, x1: 300, y1: 360 }];
  const requests = [
    { text: 'walled in', x: 150, y: 180 },
    { text: 'free', x: 400, y: 180 },
  ];
  t.deepEqual(
    placeLabels(requests, { ...PLOT, obstacles: wall }).map(({ index }) => index),
    [1],
  );
});

test('placeLabels(requests) moves a name aside for one that has no other place', t => {
  const requests = [
    { text: 'free to move', x: 200, y: 20, priority: 1 },
    { text: 'squeezed', x: 200 + textWidth('free to move', 13) + 90, y: 20 },
  ];
  const wall = [{ x0: requests[1].x + 6, y0: 0, x1: 640, y1: 40 }];
  const placed = placeLabels(requests, { width: 640, height: 32, obstacles: wall });
  t.is(placed.length, 2);
  t.deepEqual(collisions(requests, placed), []);
});

test('placeLabels(requests) stands clear of lines where it can', t => {
  const line = { x0: 0, y0: 100, x1: 640, y1: 100 };
  const [{ box }] = placeLabels([{ text: 'on the line', x: 300, y: 100 }], { ...PLOT, lines: [line] });
  t.true(box.y1 < 100 || box.y0 > 100);
});
