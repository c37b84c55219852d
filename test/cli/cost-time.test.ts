import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { timeWire } from '../../src/cli/cost-time.js';
import { loadMachine, type MachineTexts } from '../../src/cli/machine.js';
import { calibrateSteps, calibrationWire } from '../../src/fit/index.js';
import { preset } from '../../src/shape/index.js';
import { shapelaw } from './run.js';

const WORK = { batch: 2048, encLen: 512, decLen: 128 };

async function timed(texts: MachineTexts, length = {}, batch = WORK.batch) {
  const machine = (await loadMachine(texts))!;
  return timeWire({
    shape: preset('base'),
    workload: { ...WORK, batch },
    generation: { batch, encLen: 512, tokens: 100 },
    memory: { precision: 'bf16' },
    recompute: false,
    extrapolate: false,
    machine,
    length,
  });
}
const near = (value: number, wanted: number, share = 1e-9) => Math.abs(value / wanted - 1) <= share;

test('device-hours, dollars, energy and carbon of a run follow from its seconds', async t => {
  const { time, money, energy } = await timed({ device: 'h100', count: '8', grid: '100', pue: '1.2' }, { steps: 1000 });
  const hours = (1000 * time.seconds_per_step * 8) / 3600;
  t.true(near(time.device_hours!, hours));
  t.is(time.tokens, 1000 * 2048 * 512);
  t.true(near(money!.total_usd!, hours * (98.32 / 8))); // AWS p5.48xlarge
  t.like(money, {
    source: 'AWS, p5.48xlarge on demand, us-east-1, 1/8 of 98.32',
    date: '2023-07',
    status: 'published',
  });
  t.true(near(energy!.kwh!, ((hours * 700 * 1.25) / 1000) * 1.2)); // the host draws a quarter more
  t.true(near(energy!.kg_co2e!, energy!.kwh! * 0.1));
});

test('a run in tokens has the steps that they take; inference is priced with it', async t => {
  const { time, money } = await timed(
    { device: 'a100-80gb', count: '32', usdPerHour: '2' },
    { tokens: 1e9, inferenceTokens: 5e6 },
  );
  t.is(time.steps, Math.ceil(1e9 / (2048 * 512)));
  t.true(near(money!.inference_usd!, 5 * money!.usd_per_million_generated!));
  t.true(near(money!.total_usd!, money!.training_usd! + money!.inference_usd!));
  t.is(money!.usd_per_device_hour, 2);
});

test('generating a million tokens costs the hours of the devices that share the model', async t => {
  const one = await timed({ device: 'h100', count: '4' });
  const two = await timed({ device: 'h100', count: '4', layout: 'tensor=2' });
  const hours = ({ time: { generation } }: typeof one) => generation.device_hours_per_million;
  t.true(near(hours(one), 1e6 / one.time.generation.tokens_per_second / 3600));
  t.true(near(hours(two), (2 * 1e6) / two.time.generation.tokens_per_second / 3600));
});

test('what a copy cannot hold at once is said, and recalled figures are named', async t => {
  const { time } = await timed({ device: 'a100-80gb', count: '8' });
  t.true(time.largest_batch!.plain < 256 && time.largest_batch!.recomputed > time.largest_batch!.plain);
  t.true(time.notes.includes('recalled from memory: links, usdPerHour of a100-80gb'));
  t.true(
    time.notes.some(note => /^a copy's 256 sequences do not fit: it holds \d+ at once; raise micro_batches/.test(note)),
  );
});

test('a device without a price has none, and one without published steps a wider range', async t => {
  const [mi250x, h100] = await Promise.all([timed({ device: 'mi250x' }, {}, 1), timed({ device: 'h100' }, {}, 1)]);
  t.is(mi250x.money!.usd_per_step, null);
  const factor = ({ time }: typeof h100) => time.range[1] / time.seconds_per_step;
  t.true(factor(mi250x) > factor(h100));
});

test('a calibration decides the time, and a device beside it the price', async t => {
  const file = join(await mkdtemp(join(tmpdir(), 'shapelaw-')), 'calibration.json');
  const rates = {
    peak: 1e14,
    reach: 1,
    half: 1,
    bandwidth: 1e12,
    moves: 5,
    launch: 1e-6,
    links: {},
    overlap: 0,
    scale: {},
    spread: 1,
  };
  const shape = preset('base');
  const steps = [1, 2, 4, 8, 16].map(batch => ({
    shape: { ...shape, num_layers: 10 + batch },
    workload: { ...WORK, batch },
    seconds: batch,
    options: { precision: 'bf16' as const },
  }));
  const calibration = calibrateSteps({ name: 'lab', rates }, steps, { constants: ['matmul', 'overhead'] });
  await writeFile(file, JSON.stringify(calibrationWire(calibration)));
  const { time, money } = await timed({ calibration: file }, {}, 8);
  t.is(time.machine, 'lab');
  t.true(time.seconds_per_step > 5 && time.seconds_per_step < 12, `${time.seconds_per_step}`);
  t.is(money, undefined);
  t.true((await timed({ calibration: file, device: 'h100' }, {}, 8)).money!.usd_per_step! > 0);
  await t.throwsAsync(timed({ calibration: file }, {}, 64), {
    message: /^matmul must be at most 2 times what was measured/,
  });
});

for (const [texts, message] of [
  [{ count: '8' }, '--count must go with --device NAME or --calibration FILE, got neither'],
  [{ device: 'h100', layout: 'tensors=2' }, /^--layout: unknown field "tensors"; did you mean tensor\?/],
  [
    { device: 'h100', count: '6', layout: 'tensor=4' },
    '--count must be a multiple of the 4 devices that share a copy, got 6',
  ],
  [{ device: 'h100', count: '6', layout: 'data=2,tensor=2' }, '--count must be the 4 devices of --layout, got 6'],
  [{ device: 'h10' }, /^unknown device "h10"; did you mean h100\?/],
] as const)
  test(`a machine is refused: ${JSON.stringify(texts)}`, t =>
    t.throwsAsync(loadMachine(texts), { message }).then(() => {}));

test('cost --device --json adds time, money and energy; a table says the price and its source', async t => {
  const args = [
    'cost',
    'base',
    '--device',
    'tpu-v4',
    '--count',
    '16',
    '--batch',
    '128',
    '--steps',
    '1000',
    '--price',
    '1.5',
  ];
  const { code, stdout, stderr } = await shapelaw(...args, '--json');
  t.is(code, 0, stderr);
  const [{ time, money, energy }] = JSON.parse(stdout);
  t.like(time, { machine: 'tpu-v4', count: 16, format: 'bf16', steps: 1000 });
  t.true(money.total_usd > 0 && energy.kwh > 0 && energy.grid_year === 2024);
  const table = await shapelaw(...args);
  t.regex(table.stdout, /\nprice of a device-hour +\$1\.5 +--usd-per-hour/);
});
