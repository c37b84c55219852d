import test from 'ava';
import {
  countDecode,
  countFlops,
  countParams,
  estimateDeviceMemory,
  estimateStepTime,
  findDevice,
  type Workload,
} from '../../src/cost/index.js';
import { findLaw, predictLaw } from '../../src/law/index.js';
import {
  decodeFlops,
  type Plan,
  type PlanOptions,
  shapeColumns,
  solvePlan,
  sustainedRate,
} from '../../src/plan/index.js';
import { preset, type Shape } from '../../src/shape/index.js';
import { STAGE, TINY_SPACE } from './runs.js';

const WORKLOAD: Workload = { batch: 8, encLen: 96, decLen: 24 };
const OPTIONS = { stage: STAGE, space: TINY_SPACE, workload: WORKLOAD, replicates: 20 };

/** Every shape of the tiny space, by loops of its own. */
function everyShape(): Shape[] {
  const { num_layers, num_decoder_layers, d_model, ffRatio, d_kv, innerRatio, vocab_size } = TINY_SPACE;
  const shapes: Shape[] = [];
  for (const el of num_layers)
    for (const dl of num_decoder_layers as readonly number[])
      for (const dm of d_model)
        for (const ff of ffRatio)
          for (const kv of d_kv)
            for (const inner of innerRatio)
              shapes.push({
                ...preset('base'),
                num_layers: el,
                num_decoder_layers: dl,
                d_model: dm,
                d_ff: ff * dm,
                d_kv: kv,
                num_heads: (inner * dm) / kv,
                vocab_size,
              });
  return shapes;
}

interface Costed {
  readonly shape: Shape;
  readonly tokens: number;
  readonly loss: number;
}

/** The best shape by the ledgers, shape by shape; `tokensOf` is what its budget buys, 0 for one that may not be. */
function bruteForce(plan: Plan, tokensOf: (shape: Shape) => number): Costed {
  const { fit } = plan.forecasts;
  const constants = Object.fromEntries(Object.entries(fit.params).map(([name, { value }]) => [name, value]));
  return everyShape()
    .map(shape => ({ shape, tokens: tokensOf(shape) }))
    .filter(({ tokens }) => tokens > 0)
    .map(({ shape, tokens }) => {
      const loss = predictLaw(findLaw('chinchilla'), constants, { N: countParams(shape).total, D: tokens });
      return { shape, tokens, loss };
    })
    .reduce((best, one) => (one.loss < best.loss ? one : best));
}

const STEP_TOKENS = WORKLOAD.batch * WORKLOAD.encLen;
const stepFlops = (shape: Shape) => countFlops(shape, WORKLOAD).trainStep;
const tokensFor = (flops: number, shape: Shape) => Math.floor(flops / stepFlops(shape)) * STEP_TOKENS;
const layersOf = ({ num_layers, num_decoder_layers }: Shape) => num_layers + num_decoder_layers;

const isBest = test.macro<[Partial<PlanOptions> & Pick<PlanOptions, 'budget'>, (shape: Shape) => number]>({
  exec(t, options, tokensOf) {
    const plan = solvePlan({ ...OPTIONS, ...options });
    const { shape, tokens, loss } = bruteForce(plan, tokensOf);
    t.deepEqual(plan.choice.shape, shape);
    t.true(Math.abs(plan.choice.tokens / tokens - 1) < 1e-12);
    t.true(Math.abs(plan.choice.loss.value / loss - 1) < 1e-12);
    t.is(plan.considered, 432);
  },
  title: name => `solvePlan() finds what counting shape by shape finds: ${name}`,
});

test('a budget of FLOPs', isBest, { budget: { flops: 3e16 } }, shape => tokensFor(3e16, shape));

test(
  'limits on layers and parameters',
  isBest,
  { budget: { flops: 1e17 }, constraints: { maxLayers: 7, maxParams: 3e6 } },
  shape => (layersOf(shape) <= 7 && countParams(shape).total <= 3e6 ? tokensFor(1e17, shape) : 0),
);

const MEMORY = { layout: { tensor: 2 }, optimizer: 'adafactor', precision: 'bf16', recompute: true } as const;
const fits = (shape: Shape) =>
  shape.num_heads % 2 === 0 && estimateDeviceMemory(shape, { ...WORKLOAD, batch: 3 }, MEMORY).total <= 2.1e7;
test(
  'memory of a device under a layout',
  isBest,
  { ...MEMORY, budget: { flops: 1e17 }, constraints: { memoryBytes: 2.1e7, memoryBatch: 3 } },
  shape => (fits(shape) ? tokensFor(1e17, shape) : 0),
);

test(
  'text that is seen twice',
  isBest,
  { budget: { flops: 1e17 }, constraints: { uniqueTokens: 5e8, epochs: 2 } },
  shape => Math.min(tokensFor(1e17, shape), Math.floor(1e9 / STEP_TOKENS) * STEP_TOKENS),
);

const V100 = { device: findDevice('v100-32gb'), devices: 4, mfu: 0.3 };
const RATE = 15.7e12 * 0.3; // datasheet's fp32
test(
  'device-hours, and steps per second',
  isBest,
  { budget: { deviceHours: 1 }, machine: V100, constraints: { minStepsPerSecond: 900 } },
  shape => (stepFlops(shape) / RATE / 4 <= 1 / 900 ? tokensFor(3600 * RATE, shape) : 0),
);

test('days on devices', isBest, { budget: { days: 0.01 }, machine: V100 }, shape =>
  tokensFor(0.01 * 86400 * 4 * RATE, shape),
);

test('dollars', isBest, { budget: { usd: 2 }, machine: { ...V100, usdPerHour: 1.6 } }, shape =>
  tokensFor((2 / 1.6) * 3600 * RATE, shape),
);

const GENERATED = { tokens: 3e9, encLen: 50, decLen: 20 };
const generation = (shape: Shape) => (countDecode(shape, { batch: 1, encLen: 50, tokens: 20 }).total / 20) * 3e9;
test('a budget that pays for generation too', isBest, { budget: { flops: 1e17 }, inference: GENERATED }, shape =>
  Math.max(0, tokensFor(1e17 - generation(shape), shape)),
);

test('seconds of a step from a time model decide what hours buy', t => {
  // twice as slow for every encoder layer: shallow encoders win
  const secondsPerStep: NonNullable<PlanOptions['machine']>['secondsPerStep'] = shapes =>
    Float64Array.from(shapes.num_layers, (layers: number) => 0.001 * 2 ** layers);
  const plan = solvePlan({ ...OPTIONS, budget: { deviceHours: 40 }, machine: { ...V100, secondsPerStep } });
  const { shape } = bruteForce(
    plan,
    ({ num_layers }) => Math.floor((40 * 3600) / (0.004 * 2 ** num_layers)) * STEP_TOKENS,
  );
  t.deepEqual(plan.choice.shape, shape);
  t.is(plan.choice.secondsPerStep, 0.001 * 2 ** shape.num_layers);
  t.true(Math.abs(plan.choice.cost!.training.deviceHours / 40 - 1) < 1e-3);
});

test('decodeFlops() is countDecode() over its tokens', t => {
  const shapes = [preset('tiny'), everyShape()[100]];
  const bulk = decodeFlops(shapeColumns(shapes), { encLen: 37, decLen: 11 });
  for (const [row, shape] of shapes.entries())
    t.true(Math.abs(bulk[row] / (countDecode(shape, { batch: 1, encLen: 37, tokens: 11 }).total / 11) - 1) < 1e-14);
});

test('sustainedRate() is a share of the datasheet: 40 % of 312 TFLOP/s', t => {
  t.is(sustainedRate({ device: findDevice('a100-80gb'), devices: 8 }, { precision: 'bf16' }), 0.4 * 312e12);
});

const ROOFLINE = { device: findDevice('a100-80gb'), devices: 2 };
test(
  'the roofline of a step',
  isBest,
  { precision: 'bf16', budget: { deviceHours: 0.2 }, machine: ROOFLINE },
  shape => {
    const layout = { data: 2 };
    const { seconds } = estimateStepTime(shape, WORKLOAD, { device: ROOFLINE.device, layout, precision: 'bf16' });
    return Math.floor((0.2 * 3600) / 2 / seconds) * STEP_TOKENS;
  },
);

test(
  'a layout that must share out the heads evenly',
  isBest,
  { layout: { tensor: 4 }, budget: { flops: 3e16 } },
  shape => (shape.num_heads % 4 === 0 ? tokensFor(3e16, shape) : 0),
);
