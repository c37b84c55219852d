import test from 'ava';
import fc from 'fast-check';
import { InputError } from '../../src/base/index.js';
import {
  CONVENTIONS,
  costShapes,
  countDecode,
  countFlops,
  countParams,
  estimateTrainMemory,
  ONE_SEQUENCE,
  overstatement6ND,
  PAPER_RECIPE,
} from '../../src/cost/index.js';
import {
  FF,
  NL,
  NUMBER_FIELDS,
  PRESETS,
  type PresetName,
  parseShape,
  preset,
  type Shape,
} from '../../src/shape/index.js';

// distinct primes, so that a swapped dimension cannot pass
const ODD: Shape = {
  num_layers: 3,
  num_decoder_layers: 5,
  d_model: 13,
  d_ff: 29,
  d_kv: 7,
  num_heads: 2,
  vocab_size: 31,
  feed_forward_proj: 'relu',
  tie_word_embeddings: true,
};

for (const name of Object.keys(PRESETS) as PresetName[])
  test(`countParams(${name}) equals the released checkpoint`, t => {
    t.is(countParams(preset(name)).total, PRESETS[name].params);
  });

test('a decoder layer outweighs an encoder layer by one attention block and one norm', t => {
  const step = (change: Partial<Shape>) => countParams({ ...ODD, ...change }).total - countParams(ODD).total;
  t.is(step({ num_decoder_layers: 6 }) - step({ num_layers: 4 }), 4 * 13 * (2 * 7) + 13);
});

test('countParams(shape) tells embeddings and stacks apart', t => {
  for (const tie_word_embeddings of [true, false]) {
    const params = countParams({ ...ODD, tie_word_embeddings });
    t.is(params.total - params.nonEmbedding, (tie_word_embeddings ? 1 : 2) * 31 * 13);
    t.is(params.nonEmbedding, params.encoder + params.decoder);
  }
});

// Narang et al. 2021 (arXiv 2102.11972), table 1: operations a step of the vanilla model and of two gated ones
test("countFlops(shape, recipe, 'mesh-tf') gives Narang's column: 11.1T for base", t => {
  const operations = countFlops(preset('base'), PAPER_RECIPE, 'mesh-tf').forward;
  t.is((operations / 1e12).toFixed(1), '11.1');
});

// Tay et al. 2022 (arXiv 2109.10686): Small16L has 63.1 % of the FLOPs of Base, at about 130 decoder tokens
test("countFlops(shape, recipe, 'mesh-tf') gives the paper's 63 % for Small16L over Base", t => {
  const of = (shape: Shape) => countFlops(shape, { ...PAPER_RECIPE, decLen: 130 }, 'mesh-tf').forward;
  const ratio = of(NL(preset('small'), 16)) / of(preset('base'));
  t.true(Math.abs(ratio - 0.631) < 0.002, String(ratio));
});

test('6 N D overstates a T5 step 2.49 times for tiny, 1.97 for base, 1.87 for xxl', t => {
  const ratio = (size: PresetName) => overstatement6ND(preset(size), ONE_SEQUENCE, PRESETS[size].params).toFixed(2);
  t.deepEqual([ratio('tiny'), ratio('base'), ratio('xxl')], ['2.49', '1.97', '1.87']);
});

test('the items of a ledger add up to its total, and a batch costs its sequences', t => {
  for (const convention of CONVENTIONS) {
    const one = countFlops(ODD, { batch: 1, encLen: 17, decLen: 11 }, convention);
    const many = countFlops(ODD, { batch: 19, encLen: 17, decLen: 11 }, convention);
    t.is(
      Object.values(one.items).reduce((a, b) => a + b),
      one.forward,
    );
    t.is(many.trainStep, 19 * one.trainStep);
  }
});

test('generating n tokens costs less than n full decoder passes and more than one', t => {
  const n = 11;
  const cached = countDecode(ODD, { batch: 1, encLen: 17, tokens: n }).total;
  const once = countFlops(ODD, { batch: 1, encLen: 17, decLen: n }).forward;
  t.true(cached < n * once);
  // the cache looks at the causal half only, so it costs what one pass does but for the masked half
  t.is(once - cached, 5 * 4 * 14 * (n * n - (n * (n + 1)) / 2));
});

test("generation in 'mesh-tf' counts multiply-adds once and look-ups as products", t => {
  const generation = { batch: 2, encLen: 17, tokens: 11 };
  const [torch, mesh] = CONVENTIONS.map(convention => countDecode(ODD, generation, convention).total);
  t.is(mesh, torch / 2 + 2 * (17 + 11) * 13 * 31);
});

test('flash attention saves memory with length; bf16 halves weights and gradients; adafactor keeps almost nothing', t => {
  const workload = { batch: 1, encLen: 2048, decLen: 512 };
  const total = (options: Parameters<typeof estimateTrainMemory>[2]) =>
    estimateTrainMemory(preset('base'), workload, options).items;
  t.true(total({ attention: 'flash' }).activations < 0.6 * total({ attention: 'eager' }).activations);
  t.is(total({ precision: 'bf16' }).weights, 2 * PRESETS.base.params);
  t.is(total({}).optimizer, 8 * PRESETS.base.params);
  t.true(total({ optimizer: 'adafactor' }).optimizer < 0.01 * total({}).optimizer);
});

const anyShape = fc.record({
  num_layers: fc.integer({ min: 1, max: 40 }),
  num_decoder_layers: fc.integer({ min: 1, max: 40 }),
  d_model: fc.integer({ min: 1, max: 5000 }),
  d_ff: fc.integer({ min: 1, max: 20000 }),
  d_kv: fc.integer({ min: 1, max: 300 }),
  num_heads: fc.integer({ min: 1, max: 130 }),
  vocab_size: fc.constantFrom(1, 256, 32128, 250112),
});

test('costShapes(columns) gives what the ledgers give, shape by shape', t => {
  const options = {
    workload: { batch: 3, encLen: 65, decLen: 29 },
    precision: 'bf16',
    optimizer: 'adafactor',
    dropout: 0.1,
  } as const;
  fc.assert(
    fc.property(fc.array(anyShape, { minLength: 1, maxLength: 5 }), fc.boolean(), (shapes, gated) => {
      const columns = Object.fromEntries(NUMBER_FIELDS.map(f => [f, shapes.map(s => s[f])])) as Record<
        keyof (typeof shapes)[0],
        number[]
      >;
      const switches = { feed_forward_proj: gated ? 'gated-gelu' : 'relu', tie_word_embeddings: !gated } as const;
      const bulk = costShapes(columns, { ...options, ...switches });
      shapes.forEach((numbers, row) => {
        const shape = { ...numbers, ...switches };
        t.is(bulk.params[row], countParams(shape).total);
        t.is(bulk.nonEmbeddingParams[row], countParams(shape).nonEmbedding);
        t.is(bulk.trainStepFlops[row], countFlops(shape, options.workload).trainStep);
        t.is(bulk.trainBytes[row], estimateTrainMemory(shape, options.workload, options).total);
      });
    }),
    { seed: 2, numRuns: 100 },
  );
});

test('costShapes(columns) names the row of a bad number', t => {
  const columns = Object.fromEntries(NUMBER_FIELDS.map(field => [field, [4, 4, field === 'd_ff' ? 0.5 : 4]]));
  const error = t.throws(() => costShapes(columns as never), { instanceOf: InputError });
  t.is(error.message, 'd_ff must be an integer in [1, 1048576], got 0.5 in row 3');
});

test('bad workloads and options are refused in one line', t => {
  const base = preset('base');
  t.throws(() => countFlops(base, { ...ONE_SEQUENCE, batch: 0 }), { message: /^batch must be a whole number in/ });
  t.throws(() => countFlops(base, { ...ONE_SEQUENCE, encLen: 1.5 }), { message: /^enc_len must be a whole number in/ });
  t.throws(() => countFlops(base, ONE_SEQUENCE, 'macs' as never), {
    message: /^convention must be torch or mesh-tf, got "macs"/,
  });
  t.throws(() => estimateTrainMemory(base, ONE_SEQUENCE, { dropout: 1 }), {
    message: /^dropout must be in \[0, 1\), got 1/,
  });
  t.throws(() => estimateTrainMemory(base, ONE_SEQUENCE, { attention: 'sdpa' as never }), {
    message: /^attention must be/,
  });
});

test('one layer, width one, vocabulary one can be counted', t => {
  const smallest = parseShape('tiny-nh1-kv1-dm1-ff1-nl1-v1');
  t.is(countParams(smallest).total, 1 + (4 + 2 + 2) + (8 + 2 + 3) + 2 * (32 + 1));
  t.is(countParams(FF(smallest, 2)).total - countParams(smallest).total, 4);
});
