import test from 'ava';
import { estimateStepTime, type Rates, type TimeItem } from '../../src/cost/index.js';
import {
  calibrateSteps,
  calibrationWire,
  type MeasuredStep,
  parseCalibration,
  predictShapeTime,
} from '../../src/fit/index.js';
import type { Shape } from '../../src/shape/index.js';

const RATES: Rates = {
  peak: 1e11,
  reach: 0.9,
  half: 8,
  bandwidth: 3e10,
  moves: 5,
  launch: 2e-6,
  links: { intra: 1e9 },
  overlap: 0.5,
  scale: {},
  spread: 1,
};
const TRUE = { matmul: 1.3, elementwise: 2.1, overhead: 3.7, optimizer: 0.6 };

const shape = (layers: number, d_model: number, d_ff: number): Shape => ({
  num_layers: layers,
  num_decoder_layers: layers + 1,
  d_model,
  d_ff,
  d_kv: d_model / 4,
  num_heads: 4,
  vocab_size: 512,
  feed_forward_proj: 'relu',
  tie_word_embeddings: true,
});
const SHAPES: readonly (readonly [Shape, number])[] = [
  [shape(1, 32, 64), 2],
  [shape(2, 32, 512), 31],
  [shape(7, 32, 128), 3],
  [shape(2, 128, 256), 1],
  [shape(3, 64, 256), 17],
  [shape(1, 256, 1024), 5],
  [shape(1, 512, 512), 2],
];
/** Steps of a machine whose items take TRUE times the roofline's. */
function stepsOf(scale: Partial<Record<TimeItem, number>>, options: MeasuredStep['options'] = {}): MeasuredStep[] {
  const device = { name: 'true', rates: { ...RATES, scale } };
  return SHAPES.map(([shape, batch]) => {
    const workload = { batch: 4 * batch, encLen: 64, decLen: 16 };
    return { shape, workload, options, seconds: estimateStepTime(shape, workload, { ...options, device }).seconds };
  });
}
const calibrate = (steps: readonly MeasuredStep[], options = {}) =>
  calibrateSteps({ name: 'test', rates: RATES }, steps, { replicates: 30, ...options });

test('noise-free steps give the constants of every item back', t => {
  const { fit } = calibrate(stepsOf(TRUE));
  for (const [item, value] of Object.entries(TRUE)) t.true(Math.abs(fit.constants[item] / value - 1) < 1e-5, item);
  t.true(fit.leaveOneOut.largest < 1e-5);
});

test('a shape that was not measured takes what the machine takes, and the items add up', t => {
  const calibration = calibrate(stepsOf(TRUE));
  const other = { shape: shape(4, 96, 192), workload: { batch: 8, encLen: 64, decLen: 16 } };
  const { seconds, interval, items } = predictShapeTime(calibration, other);
  const wanted = estimateStepTime(other.shape, other.workload, {
    device: { name: 'true', rates: { ...RATES, scale: TRUE } },
  });
  t.true(Math.abs(seconds / wanted.seconds - 1) < 1e-5);
  t.true(Math.abs(Object.values(items).reduce((a, b) => a + b) / seconds - 1) < 1e-9);
  t.true(interval[0] <= seconds && seconds <= interval[1]);
});

test('the wait of a pipeline follows the items that it stretches', t => {
  const options = { layout: { pipeline: 2, microBatches: 2 } };
  const calibration = calibrate(stepsOf(TRUE, options));
  const { seconds, items } = predictShapeTime(calibration, stepsOf(TRUE, options)[3]);
  t.true(Math.abs(Object.values(items).reduce((a, b) => a + b) / seconds - 1) < 1e-9);
  t.true(items.bubble > 0);
});

test('items without a constant follow the first that has one', t => {
  const steps = stepsOf({ matmul: 2, elementwise: 2, overhead: 3, optimizer: 2 });
  const { fit, rates } = calibrate(steps, { constants: ['matmul', 'overhead'] });
  t.true(Math.abs(fit.constants.matmul / 2 - 1) < 1e-5 && Math.abs(fit.constants.overhead / 3 - 1) < 1e-5);
  t.is(rates.scale.elementwise, rates.scale.matmul);
});

test('more than twice the work that was measured is refused, unless asked for', t => {
  const calibration = calibrate(stepsOf(TRUE));
  const large = { shape: shape(20, 512, 2048), workload: { batch: 64, encLen: 64, decLen: 16 } };
  t.throws(() => predictShapeTime(calibration, large), {
    message: /^matmul must be at most 2 times what was measured, got /,
  });
  t.true(predictShapeTime(calibration, large, { extrapolate: true }).seconds > 0);
});

test('a calibration comes back from its file as it was', t => {
  const calibration = calibrate(stepsOf(TRUE));
  t.deepEqual(parseCalibration(JSON.parse(JSON.stringify(calibrationWire(calibration))), 'a.json'), calibration);
});

for (const [change, message] of [
  [{ kind: 'fit' }, 'a.json: kind must be "step-time calibration", got "fit"'],
  [{ rates: { ...RATES, half: -1 } }, 'a.json: rates.half must be a number from 0 up, got -1'],
  [{ fit: 3 }, 'a.json: fit must be a mapping, got 3'],
] as const)
  test(`a file is refused with ${JSON.stringify(Object.keys(change))} wrong`, t => {
    const wire = { ...JSON.parse(JSON.stringify(calibrationWire(calibrate(stepsOf(TRUE))))), ...change };
    t.throws(() => parseCalibration(wire, 'a.json'), { message });
  });

test('an unknown constant is refused by name', t => {
  t.throws(() => calibrate(stepsOf(TRUE), { constants: ['matmull'] }), {
    message: /^unknown constant "matmull"; did you mean matmul\?/,
  });
});
