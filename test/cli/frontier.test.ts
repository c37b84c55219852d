import test from 'ava';
import { shapelaw } from './run.js';

interface Run {
  readonly flops: number;
  readonly train_loss: number;
}

test('frontier --json lists the runs that no other run beats, per compute region', async t => {
  const { code, stdout } = await shapelaw(
    'frontier',
    'gemstones-2025',
    '--derive',
    'flops=6*params*tokens',
    '--min',
    'flops,train_loss',
    '--json',
  );
  t.is(code, 0);
  const { objectives, regions } = JSON.parse(stdout);
  t.deepEqual(objectives, [
    { name: 'flops', goal: 'min' },
    { name: 'train_loss', goal: 'min' },
  ]);
  t.true(regions.length >= 3);
  for (const { from, to, points } of regions) {
    const losses = points.toSorted((a: Run, b: Run) => a.flops - b.flops).map((point: Run) => point.train_loss);
    t.deepEqual(
      losses,
      losses.toSorted((a: number, b: number) => b - a),
    );
    for (const { flops } of points) t.true(flops >= from && (to === null || flops < to));
  }
});

test('frontier names the cell that is no number', async t => {
  const { code, stderr } = await shapelaw(
    'frontier',
    'narang-2021',
    '--min',
    'params',
    '--max',
    'superglue',
    '--flops',
    'params',
  );
  t.is(code, 2);
  t.regex(stderr, /data\.csv, row 1, column params must be a number, got "223M"/);
});
