import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { InputError } from '../../src/base/index.js';
import { type PlanCommandOptions, runPlan } from '../../src/cli/commands/plan.js';
import { countFlops, countParams } from '../../src/cost/index.js';
import { parseShape } from '../../src/shape/index.js';
import { shapelaw } from './run.js';

const folder = mkdtemp(join(tmpdir(), 'shapelaw-'));
const inFolder = async (name: string, text: string) => {
  const file = join(await folder, name);
  await writeFile(file, text);
  return file;
};

test.serial('plan --json without RUNS plans by the Chinchilla points, and says so', async t => {
  const { code, stdout, stderr } = await shapelaw('plan', '--flops', '1e21', '--replicates', '20', '--json');
  t.is(code, 0, stderr);
  t.is(stderr, '');
  const plan = JSON.parse(stdout);
  t.deepEqual(plan.budget, { flops: 1e21 });
  t.deepEqual(plan.constraints, {});
  const { shape, name, params, tokens, flops, cost, predicted, steps } = plan.choice;
  t.deepEqual(parseShape(name), shape);
  t.is(countParams(shape).total, params);
  const step = countFlops(shape, { batch: 128, encLen: 512, decLen: 114 }).trainStep;
  t.is(steps, Math.floor(1e21 / step));
  t.is(tokens, steps * 128 * 512);
  t.true(Math.abs(flops / (steps * step) - 1) < 1e-12);
  t.is(cost, null);
  t.true(predicted.loss.lo < predicted.loss.value && predicted.loss.value < predicted.loss.hi);
  t.true(plan.alternatives.length > 0 && plan.alternatives.every((one: { why: string }) => one.why.length > 0));
  t.is(plan.replaces.name, 'xl');
  t.true(plan.replaces.budget_share < 1);
  t.is(plan.sensitivities[0].constraint, 'budget');
  t.regex(plan.notes[0], /^no RUNS given: .* decoder-only models on MassiveText/);
  t.is(plan.data.rows, 240);
});

test.serial('plan says the decision first, then what it costs', async t => {
  const devices = await inFolder(
    'devices.yaml',
    '- { name: ours, peak_tflops: { bf16: 100 }, memory_gb: 40, bandwidth_gb_per_s: 900, link_gb_per_s: 100, watts: 300, usd_per_hour: 1 }\n',
  );
  const space = await inFolder(
    'space.yaml',
    'base: t5\nd_model: 256..1024:128\naspect: any\nnum_layers: [4, 10, 11, 12]\n',
  );
  const { code, stdout, stderr } = await shapelaw(
    ...['plan', '--hours', '500', '--devices', devices, '--device', 'ours', '--count', '4', '--grid', 'france'],
    ...['--space', space, '--memory', 'device', '--max-layers', '20', '--replicates', '20'],
  );
  t.is(code, 0, stderr);
  const [decision, cost, draws] = stdout.split('\n');
  t.regex(decision, /^Train \S+ \(10 \+ 10 layers, width 1024, .*\) on .* tokens: loss .*\.$/);
  t.regex(cost, /^It takes 5\.21 days on 4 ours, 500 device-hours, 500 USD, .*Wh, .*g CO2e\.$/);
  t.regex(draws, /^In 90 % of draws/);
  t.regex(stdout, /\n10 % more layers would buy [\d.e-]+ nats\n/);
  t.regex(stdout, /\n10 % more memory would buy nothing\n/);
  t.regex(stdout, /note: step times are a roofline of ours: nine in ten measured steps/);
});

const SCORES = ['--downstream', 'gemstones-2025', '--downstream-map', 'L=train_loss,score=hellaswag'];

test.serial('plan --downstream gives the best by score beside the best by loss', async t => {
  const { code, stdout, stderr } = await shapelaw(
    ...['plan', 'gemstones-2025', '--law', 'chinchilla', '--map', 'N=params,D=tokens,loss=train_loss'],
    ...[
      '--where',
      'tokens > 1.5e11',
      '--unit',
      'width,depth',
      '--flops',
      '2e20',
      '--replicates',
      '20',
      '--prior',
      'none',
    ],
    ...[...SCORES, '--downstream-law', 'sigmoid-shape', '--downstream-derive', 's=ln(depth)'],
    ...['--downstream-where', 'tokens > 1.5e11', '--downstream-unit', 'width,depth', '--extrapolate', '100', '--json'],
  );
  t.is(code, 0, stderr);
  const { choice, downstream, warnings } = JSON.parse(stdout);
  t.is(downstream.response, 'score');
  t.regex(downstream.agreement, /^(same|equal|apart)$/);
  for (const { predicted } of [choice, downstream.choice]) t.true(predicted.score.lo < predicted.score.hi);
  t.true(downstream.choice.predicted.score.value >= choice.predicted.score.value);
  t.true(downstream.choice.predicted.loss.value >= choice.predicted.loss.value);
  t.true(warnings.length > 0);
});

test.serial('plan refuses a budget beyond the runs in one line', async t => {
  const { code, stdout, stderr } = await shapelaw('plan', '--flops', '1e24');
  t.is(code, 2);
  t.is(stdout, '');
  t.regex(stderr, /^shapelaw: a plan must stay within the measured runs \(N 57\.3M to 16\.2B, .*\n$/);
});

/** What commander gives where nothing is said. */
const DEFAULTS = {
  ...{ countParams: 'total', countFlops: 'exact', level: '0.9', seed: '0' },
  ...{ batch: '128', encLen: '512', decLen: '114' },
};

const refused: readonly [title: string, texts: Partial<PlanCommandOptions>, message: string][] = [
  ['no budget', {}, 'plan needs one budget, --flops, --hours, --dollars or --days, got none'],
  [
    'two budgets',
    { flops: '1e20', days: '3' },
    'plan needs one budget, --flops, --hours, --dollars or --days, got --flops and --days',
  ],
  ['hours without a device', { hours: '3' }, 'a budget of time or money needs --device NAME, got none'],
  ['a law without RUNS', { flops: '1e20', law: 'kaplan' }, '--law must go with RUNS, got none'],
  ['mfu without a device', { flops: '1e20', mfu: '0.4' }, '--mfu must go with --device NAME, got none'],
  [
    'a price without a device',
    { flops: '1', usdPerHour: '4' },
    '--usd-per-hour must go with --device NAME or --calibration FILE, got neither',
  ],
  ['the memory of no device', { flops: '1', memory: 'device' }, '--memory device must go with --device NAME, got none'],
  [
    'a split said twice',
    { flops: '1', split: '2', layout: 'tensor=2' },
    '--split must not go with --layout, which says it too',
  ],
  [
    'a downstream law of no runs',
    { flops: '1e20', downstreamLaw: 'sigmoid' },
    '--downstream-law must go with --downstream RUNS, got none',
  ],
];
for (const [title, texts, message] of refused)
  test(`plan refuses ${title}`, async t => {
    await t.throwsAsync(runPlan(undefined, { ...DEFAULTS, ...texts }), { instanceOf: InputError, message });
  });
