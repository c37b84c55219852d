import test from 'ava';
import {
  costShapes,
  countParams,
  estimateDeviceMemory,
  estimateTrainMemory,
  largestBatch,
} from '../../src/cost/index.js';
import { NUMBER_FIELDS, type NumberField, preset, type Shape } from '../../src/shape/index.js';

const T5 = { encLen: 512, decLen: 114 };
const ODD: Shape = {
  num_layers: 3,
  num_decoder_layers: 5,
  d_model: 52,
  d_ff: 116,
  d_kv: 28,
  num_heads: 3,
  vocab_size: 310,
  feed_forward_proj: 'relu',
  tie_word_embeddings: true,
};

/** Model states of one device in GB, scaled from base to 7.5B parameters. */
function modelStates(layout: object): number {
  const base = preset('base');
  const options = { precision: 'bf16', layout } as const;
  const { weights, gradients, optimizer } = estimateDeviceMemory(base, { batch: 1, ...T5 }, options).items;
  return (((weights + gradients + optimizer) / countParams(base).total) * 7.5e9) / 1e9;
}

test('model states of 7.5B parameters on 64 devices are those of ZeRO, figure 1 (arXiv 1910.02054)', t => {
  t.is(modelStates({ data: 64 }).toFixed(1), '120.0');
  t.is(modelStates({ data: 64, sharding: 'optimizer' }).toFixed(1), '31.4');
  t.is(modelStates({ data: 64, sharding: 'full' }).toFixed(1), '1.9');
});

test('one device without recomputation holds what estimateTrainMemory says', t => {
  const workload = { batch: 7, encLen: 31, decLen: 17 };
  t.deepEqual(estimateDeviceMemory(ODD, workload).total, estimateTrainMemory(ODD, workload).total);
});

test('recomputation keeps the input of each layer: 4 bytes a number in fp32', t => {
  const memory = (num_layers: number) =>
    estimateDeviceMemory({ ...ODD, num_layers }, { batch: 2, encLen: 31, decLen: 17 }, { recompute: true }).items
      .activations;
  t.is(memory(9) - memory(8), 4 * 2 * 31 * ODD.d_model);
});

for (const recompute of [false, true])
  test(`the largest batch fits, and one more does not${recompute ? ', with recomputation' : ''}`, t => {
    const options = { recompute, precision: 'bf16' } as const;
    const batch = largestBatch(preset('large'), T5, 40e9, options);
    const bytes = (count: number) => estimateDeviceMemory(preset('large'), { batch: count, ...T5 }, options).total;
    t.true(batch > 0 && bytes(batch) <= 40e9 && bytes(batch + 1) > 40e9, `${batch}`);
  });

test('recomputation makes room for a larger batch', t => {
  const [plain, recomputed] = [false, true].map(recompute => largestBatch(preset('base'), T5, 40e9, { recompute }));
  t.true(recomputed > 3 * plain, `${plain} ${recomputed}`);
});

test('a model whose states alone do not fit has no batch', t => {
  t.is(largestBatch(preset('xxl'), T5, 80e9), 0);
  t.true(largestBatch(preset('xxl'), T5, 80e9, { precision: 'bf16', layout: { data: 64, sharding: 'full' } }) > 0);
});

test('a layout that is no layout is refused', t => {
  t.throws(() => largestBatch(ODD, T5, 1e9, { layout: { tensor: 0 } }), { message: /^tensor must be a whole number/ });
  t.throws(() => largestBatch(ODD, T5, Number.NaN), { message: 'memory must be a positive number of bytes, got NaN' });
});

for (const options of [
  { precision: 'bf16', optimizer: 'adam', layout: { tensor: 2, pipeline: 3, data: 4, sharding: 'optimizer' } },
  { precision: 'fp32', optimizer: 'adafactor', layout: { data: 4, sharding: 'full', microBatches: 2 } },
  { precision: 'bf16', optimizer: 'adam', layout: { pipeline: 2 }, recompute: true },
] as const)
  test(`costShapes(${JSON.stringify(options)}) holds on a device what estimateDeviceMemory says`, t => {
    const columns = Object.fromEntries(NUMBER_FIELDS.map(field => [field, [ODD[field], preset('mini')[field]]]));
    const workload = { batch: 6, encLen: 13, decLen: 7 };
    const { trainBytes } = costShapes(columns as Record<NumberField, number[]>, { ...options, workload });
    for (const [row, shape] of [ODD, preset('mini')].entries()) {
      const { total } = estimateDeviceMemory(shape, workload, options);
      t.true(Math.abs(trainBytes[row] / total - 1) < 1e-14, `${trainBytes[row]} and ${total}`);
    }
  });
