import test from 'ava';
import {
  bubbleShare,
  countFlops,
  countParams,
  estimateGenerationTime,
  estimateStepTime,
  estimateStepTimes,
  fillTimes,
  findDevice,
  listProducts,
  parseLayout,
  type Rates,
  ringAllReduce,
  type ShapeColumns,
  type StepWork,
  TIME_ITEMS,
  type TimeOptions,
} from '../../src/cost/index.js';
import { NUMBER_FIELDS, preset, type Shape } from '../../src/shape/index.js';

const ODD: Shape = {
  num_layers: 3,
  num_decoder_layers: 5,
  d_model: 52,
  d_ff: 116,
  d_kv: 28,
  num_heads: 6,
  vocab_size: 310,
  feed_forward_proj: 'gated-gelu',
  tie_word_embeddings: false,
};
const WORK = { batch: 14, encLen: 31, decLen: 17 };

/** Nothing costs time; a test gives what it is about. */
const FREE: Rates = {
  peak: 1e12,
  reach: 1,
  half: 0,
  bandwidth: 1e30,
  moves: 0,
  launch: 0,
  links: { intra: 1e30, inter: 1e30 },
  overlap: 0,
  scale: {},
  spread: 1,
};
const machine = (rates: Partial<Rates>) => ({ name: 'test', rates: { ...FREE, ...rates } });
const step = (rates: Partial<Rates>, options: Partial<TimeOptions> = {}, shape = ODD, workload = WORK) =>
  estimateStepTime(shape, workload, { ...options, device: machine(rates) });
const near = (value: number, wanted: number, share = 1e-12) => Math.abs(value / wanted - 1) <= share;

for (const [name, shape] of [
  ['odd', ODD],
  ...['tiny', 'base', 'v1.1-xl'].map(n => [n, preset(n as 'tiny')] as const),
] as const)
  test(`products of ${name} add up to the FLOPs of a training step, exactly`, t => {
    const flops = listProducts(shape, WORK).reduce((sum, product) => sum + product.flops, 0);
    t.is(flops, countFlops(shape, WORK).trainStep);
  });

test('listProducts gives the sizes of every product: base, one sequence of 512 and 114 tokens', t => {
  const products = listProducts(preset('base'), { batch: 1, encLen: 512, decLen: 114 });
  const forward = products.filter(({ pass }) => pass === 'forward');
  const sizes = ({ m, n, k, together, calls }: (typeof products)[number]) => [m, n, k, together, calls];
  const find = (name: string) => sizes(forward.find(product => product.name === name)!);
  t.is(forward.length, 18);
  t.deepEqual(find('encoder/attention/qkv'), [512, 3 * 768, 768, 1, 12]);
  t.deepEqual(find('encoder/attention/scores'), [512, 512, 64, 12, 12]);
  t.deepEqual(find('decoder/cross_attention/mix'), [114, 64, 512, 12, 12]);
  t.deepEqual(find('decoder/cross_attention/kv'), [512, 2 * 768, 768, 1, 12]);
  t.deepEqual(find('head'), [114, 32128, 768, 1, 1]);
  const weight = products.find(({ name, pass }) => name === 'encoder/mlp/in' && pass === 'weight')!;
  t.deepEqual(sizes(weight), [768, 3072, 512, 1, 12]);
});

test('with nothing but FLOPs to do, a step takes FLOPs over the peak, and the share of the peak is 1', t => {
  const { seconds, mfu, items } = step({});
  t.true(near(seconds, countFlops(ODD, WORK).trainStep / 1e12));
  t.true(near(mfu, 1));
  t.is(items.matmul, seconds);
});

test('with slow memory, products take the bytes of their three matrices over the bandwidth', t => {
  const bytes = listProducts(ODD, WORK).reduce(
    (sum, { m, n, k, together, calls }) => sum + 4 * (m * k + k * n + m * n) * together * calls,
    0,
  );
  t.true(near(step({ bandwidth: 1e6, peak: 1e30 }).items.matmul, bytes / 1e6));
});

/** One product, by hand. */
const one = (m: number, n: number, k: number): StepWork => ({
  products: Float64Array.of(m, n, k, 1, 1, 0),
  numberBytes: 4,
  savedBytes: 0,
  kernels: 0,
  optimizerBytes: 0,
  gradientBytes: 0,
  tensorBytes: 0,
});
function timeOf(work: StepWork, rates: Partial<Rates>, layout = {}, recompute = false) {
  const out = new Float64Array(TIME_ITEMS.length);
  fillTimes(work, { rates: { ...FREE, ...rates }, layout: parseLayout(layout), recompute }, out);
  return Object.fromEntries(TIME_ITEMS.map((item, i) => [item, out[i]]));
}

test('a roofline turns where FLOPs a byte are peak over bandwidth (Williams et al. 2009)', t => {
  // 256 cubed: 2 * 256^3 FLOPs over 3 * 256^2 * 4 bytes is 42.67 FLOPs a byte
  const slow = timeOf(one(256, 256, 256), { peak: 42.67e9 * 1.5, bandwidth: 1e9 }).matmul;
  const fast = timeOf(one(256, 256, 256), { peak: 42.67e9 / 1.5, bandwidth: 1e9 }).matmul;
  t.true(near(slow, (3 * 3 * 256 ** 2 * 4) / 1e9), 'memory');
  t.true(near(fast, (3 * 2 * 256 ** 3) / (42.67e9 / 1.5)), 'multiplications');
});

test('efficiency halves where one size is `half`, and saturates in each', t => {
  const flops = (m: number, n: number, k: number) => (3 * 2 * m * n * k) / 1e12;
  const share = (m: number, n: number, k: number) => flops(m, n, k) / timeOf(one(m, n, k), { half: 64 }).matmul;
  t.true(near(share(64, 2 ** 40, 2 ** 40), 0.5, 1e-6));
  t.true(near(share(2 ** 40, 64, 2 ** 40), 0.5, 1e-6));
  t.true(near(share(64, 64, 64), 0.25));
  t.true(near(share(2 ** 40, 2 ** 40, 2 ** 40), 1, 1e-6));
});

test('recomputation multiplies the forward products once more', t =>
  t.true(near(step({}, { recompute: true }).items.matmul / step({}).items.matmul, 4 / 3)));

// NVIDIA/nccl-tests, doc/PERFORMANCE.md: an all-reduce moves 2 (n - 1) / n of the bytes over each link
test('a ring all-reduce of 1 GB over links of 1 GB/s takes 1, 1.5 and 1.75 s on 2, 4 and 8 devices', t => {
  t.deepEqual(
    [1, 2, 4, 8].map(devices => ringAllReduce(1e9, devices, 1e9)),
    [0, 1, 1.5, 1.75],
  );
});

// arXiv 2104.04473, section 2.2.1: (p - 1) / m of the ideal time
test('a pipeline waits (p - 1) / m of its ideal time', t => {
  const { bubble, matmul } = step({}, { layout: { pipeline: 2, microBatches: 7 } }).items;
  t.true(near(bubble, matmul / 7));
  t.true(near(bubbleShare(4, 8), 3 / 11));
});

test('copies bring their gradients together within a node, and over the network beyond it', t => {
  const seconds = (data: number) =>
    step({ links: { intra: 4e9, inter: 1e9 } }, { layout: { data, devicesPerNode: 4 } }).items.all_reduce;
  const bytes = 4 * countParams(ODD).total;
  t.true(near(seconds(4), ringAllReduce(bytes, 4, 4e9)));
  t.true(near(seconds(14), ringAllReduce(bytes, 14, 1e9)));
});

// arXiv 1910.02054, section 7.2: 3 times the parameters in place of 2
test('sharding all states sends half as much again', t => {
  const seconds = (sharding: 'none' | 'full') =>
    step({ links: { intra: 1e9 } }, { layout: { data: 2, sharding } }).items.all_reduce;
  t.true(near(seconds('full') / seconds('none'), 1.5));
});

// arXiv 1909.08053, figure 4: two all-reduces of [tokens, width] in the forward and two in the backward pass
test('tensor parallelism brings four activations together for each encoder layer, and divides products', t => {
  const options = { layout: { tensor: 2 } };
  const times = (num_layers: number) => step({ links: { intra: 1e9 } }, options, { ...ODD, num_layers }).items;
  const activation = 4 * WORK.batch * WORK.encLen * ODD.d_model;
  t.true(near(times(4).tensor_parallel - times(3).tensor_parallel, 4 * ringAllReduce(activation, 2, 1e9), 1e-9));
  t.true(near(times(3).matmul, step({}).items.matmul / 2));
});

test('the items add up, and the range is the spread about the sum', t => {
  const h100 = estimateStepTime(
    preset('large'),
    { batch: 64, encLen: 512, decLen: 114 },
    {
      device: findDevice('h100'),
      precision: 'bf16',
      layout: { data: 4, tensor: 2, pipeline: 2, microBatches: 4 },
    },
  );
  t.true(
    near(
      Object.values(h100.items).reduce((a, b) => a + b),
      h100.seconds,
    ),
  );
  t.true(h100.range[0] < h100.seconds && h100.seconds < h100.range[1]);
  t.true(TIME_ITEMS.every(item => h100.items[item] > 0));
});

for (const options of [
  {},
  { precision: 'bf16', recompute: true, layout: { data: 2, tensor: 2, pipeline: 2, microBatches: 4 } },
  { attention: 'flash', optimizer: 'adafactor', feed_forward_proj: 'gated-gelu', tie_word_embeddings: false },
] as const)
  test(`estimateStepTimes is estimateStepTime row by row: ${JSON.stringify(options)}`, t => {
    const {
      feed_forward_proj = 'relu',
      tie_word_embeddings = true,
      ...one
    } = { ...options } as Partial<Shape> & object;
    const device = findDevice('a100-80gb');
    const shapes = [1, 2, 3].map(i => ({ ...ODD, num_layers: i, d_ff: 116 + i, num_heads: 2 * i }));
    const columns = Object.fromEntries(
      NUMBER_FIELDS.map(name => [name, shapes.map(shape => shape[name])]),
    ) as unknown as ShapeColumns;
    const each = shapes.map(
      shape => estimateStepTime({ ...shape, feed_forward_proj, tie_word_embeddings }, WORK, { ...one, device }).seconds,
    );
    t.deepEqual([...estimateStepTimes(columns, WORK, { ...options, device })], each);
  });

test('generating one sequence waits for the weights of the decoder to come out of memory', t => {
  const { items, seconds } = estimateGenerationTime(
    ODD,
    { batch: 1, encLen: 31, tokens: 20 },
    { device: machine({ bandwidth: 1e6, peak: 1e30 }) },
  );
  const { num_decoder_layers: D, d_model, d_ff, d_kv, num_heads, vocab_size } = ODD;
  const inner = d_kv * num_heads;
  // own q, k, v, out and the other attention's q and out; three matrices of the gate; the head
  const weights = D * (6 * d_model * inner + 3 * d_model * d_ff) + d_model * vocab_size;
  t.true(near(items.weights, (4 * 20 * weights) / 1e6, 0.03), `${items.weights}`); // the rows are the rest
  t.true(
    near(
      seconds,
      Object.values(items).reduce((a, b) => a + b),
    ),
  );
});

test('many sequences at once generate more tokens a second than one', t => {
  const rate = (batch: number) =>
    estimateGenerationTime(preset('base'), { batch, encLen: 128, tokens: 32 }, { device: findDevice('h100') })
      .tokensPerSecond;
  t.true(rate(64) > 20 * rate(1));
});

const refused: readonly [string, () => unknown, string][] = [
  [
    'more copies than sequences',
    () => step({}, { layout: { data: 15 } }),
    'batch must be at least 15, one sequence a micro-batch of each copy, got 14',
  ],
  [
    'heads that devices cannot share',
    () => step({}, { layout: { tensor: 4 } }),
    'tensor must divide the 6 heads, got 4',
  ],
  [
    'devices without links',
    () => step({ links: {} }, { layout: { data: 2 } }),
    'test must have a link rate to train on 2 devices, got none',
  ],
  [
    'a format that the device does not have',
    () => estimateStepTime(ODD, WORK, { device: { ...findDevice('h100'), peak: { int8: 1e15 } } }),
    'h100 must multiply in tf32, fp32, bf16, got int8',
  ],
];
for (const [title, work, message] of refused) test(`refused: ${title}`, t => void t.throws(work, { message }));
