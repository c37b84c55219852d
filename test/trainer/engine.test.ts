import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { InputError } from '../../src/base/index.js';
import type { Mode } from '../../src/graph/index.js';
import { type Batch, createEngine, type Engine, type EngineOptions } from '../../src/trainer/index.js';
import { NANO } from './nano.js';
import { randomBatch, startParams, toBatch } from './t5-batches.js';
import { tfTest } from './with-tensorflow.js';

const SIZES = { batch: 3, encLen: 11, decLen: 7 };
const create = (options: Partial<EngineOptions> = {}) =>
  createEngine({ shape: NANO, seed: 1, train: SIZES, ...options });

/** Losses of `steps` steps, each on a batch of its own. */
const learn = (engine: Engine, steps: number, from = 0) =>
  Array.from({ length: steps }, (_, i) => engine.step([randomBatch(NANO, SIZES, from + i)], 0.2));

const bits = (values: Iterable<Float32Array>) => [...values].map(each => Buffer.from(each.buffer).toString('base64'));

tfTest('step() follows the losses of the tape and its own Adam over 100 steps', async t => {
  const { createTapeEngine } = await import('./tape-engine.js');
  const [ours, tape] = [await create(), createTapeEngine(NANO, 1)];
  const batches = Array.from({ length: 7 }, (_, i) => randomBatch(NANO, SIZES, i));
  const losses = Array.from({ length: 100 }, (_, i) => {
    const [batch, share] = [batches[i % 7], Math.min(1, (i + 1) / 10)];
    return [ours.step([batch], share), tape.step(batch, share)];
  });
  t.true(losses.at(-1)![1] < losses[0][1] - 2, 'the tape learns');
  for (const [step, [a, b]] of losses.entries()) t.true(Math.abs(a - b) < 1e-3, `step ${step + 1}: ${a}, tape ${b}`);
  t.true(Math.abs(losses[0][0] - losses[0][1]) < 2e-6);
  ours.dispose();
  tape.dispose();
});

for (const mode of ['graph', 'eager'] satisfies Mode[])
  tfTest(`step() in ${mode} mode with the same seed has the same losses to the bit, dropout included`, async t => {
    const run = async (options: Partial<EngineOptions>) => {
      const engine = await create({ dropout: 0.2, mode, ...options });
      const losses = learn(engine, 3);
      engine.dispose();
      return losses;
    };
    const losses = await run({});
    t.deepEqual(await run({}), losses);
    t.notDeepEqual(await run({ seed: 2 }), losses);
    t.true(Math.abs((await run({ dropout: 0 }))[0] - losses[0]) > 1e-3);
  });

tfTest('dropout is another in every micro-batch of every step', async t => {
  const engine = await create({ dropout: 0.2, accumulate: 2, mode: 'eager' });
  const batch = randomBatch(NANO, SIZES, 0);
  const none = { ...batch, targets: new Int32Array(batch.targets.length) };
  const start = engine.state();
  const lossOf = (batches: Batch[]) => engine.step(batches, 0); // at rate 0 the parameters stay
  const first = lossOf([batch, none]);
  const losses = [first, lossOf([batch, none])];
  engine.restore(start);
  losses.push(lossOf([none, batch]));
  engine.restore(start);
  t.is(lossOf([batch, none]), first);
  t.is(new Set(losses).size, 3, `${losses}`);
  engine.dispose();
});

for (const [optimizer, mode] of [
  ['adam', 'graph'],
  ['adafactor', 'eager'],
] as const)
  tfTest(`restore(state()) goes on with ${optimizer} and dropout to the bit, in ${mode} mode`, async t => {
    const options = { optimizer, mode, dropout: 0.1 };
    const [whole, before, after] = [await create(options), await create(options), await create(options)];
    const losses = learn(whole, 6);
    learn(before, 3);
    const state = before.state();
    learn(before, 1); // what comes later leaves the state as it was
    learn(after, 2, 50);
    after.restore(state);
    t.is(state.steps, 3);
    t.deepEqual(learn(after, 3, 3), losses.slice(3));
    t.deepEqual(bits(after.params().values()), bits(whole.params().values()));
    for (const { dims, values } of state.tensors.values())
      t.is(
        dims.reduce((size, dim) => size * dim, 1),
        values.length,
      );
    for (const engine of [whole, before, after]) engine.dispose();
  });

/** The largest distance of any parameter, and how far the farthest moved from where it began. */
function compare(a: Engine, b: Engine) {
  const [start, left, right] = [startParams(NANO, 1), a.params(), b.params()];
  const largest = (one: ReadonlyMap<string, Float32Array>, other: ReadonlyMap<string, Float32Array>) =>
    Math.max(
      ...[...one].flatMap(([name, values]) => Array.from(values, (value, i) => Math.abs(value - other.get(name)![i]))),
    );
  return { apart: largest(left, right), moved: largest(start, left) };
}

for (const [accumulate, mode] of [
  [2, 'eager'],
  [3, 'graph'],
] as const)
  tfTest(`step() over ${accumulate} micro-batches equals one step over their rows together (${mode})`, async t => {
    const size = 6 / accumulate;
    // Adam's first steps are the sign of the gradient, however small; Adafactor's sizes follow it
    const options = { optimizer: 'adafactor', clip: 0.5, mode } as const;
    const whole = await create({ ...options, train: { ...SIZES, batch: 6 } });
    const parts = await create({ ...options, train: { ...SIZES, batch: size }, accumulate });
    for (let step = 0; step < 3; step++) {
      const all = randomBatch(NANO, { ...SIZES, batch: 6 }, step);
      all.targets.fill(0, 3, 14); // micro-batches of other counts of targets
      const cut = (i: number): Batch => ({
        ...all,
        size,
        encoder: all.encoder.slice(i * size * 11, (i + 1) * size * 11),
        targets: all.targets.slice(i * size * 7, (i + 1) * size * 7),
      });
      const loss = parts.step(
        Array.from({ length: accumulate }, (_, i) => cut(i)),
        1,
      );
      t.true(Math.abs(loss - whole.step([all], 1)) < 1e-5);
    }
    const { apart, moved } = compare(whole, parts);
    t.true(moved > 0.01 && apart < 1e-5, `${apart} of ${moved}`);
    whole.dispose();
    parts.dispose();
  });

tfTest(
  'loss() and logits() of fewer rows and targets than were built equal those of an engine of their size',
  async t => {
    const small = { batch: 2, encLen: 11, decLen: 4 };
    const [built, exact] = [await create(), await create({ train: small })];
    const batch = randomBatch(NANO, small, 3);
    t.true(Math.abs(built.loss(batch) - exact.loss(batch)) < 1e-5);
    const [a, b] = [built.logits(batch), exact.logits(batch)];
    t.is(a.length, 2 * 4 * NANO.vocab_size);
    t.true(a.every((value, i) => Math.abs(value - b[i]) < 1e-5));
    built.dispose();
    exact.dispose();
  },
);

tfTest('an engine has sizes of its own for evaluation, and evaluating changes nothing', async t => {
  const evaluation = { batch: 5, encLen: 17, decLen: 3 };
  const [plain, other] = [await create({ dropout: 0.3 }), await create({ dropout: 0.3, evaluation })];
  const first = learn(other, 2);
  const batch = randomBatch(NANO, evaluation, 4);
  t.is(other.loss(batch), other.loss(batch));
  t.deepEqual([...first, ...learn(other, 2, 2)], learn(plain, 4));
  plain.dispose();
  other.dispose();
});

tfTest("without TensorFlow's addon an engine learns the same, eagerly, and says so", async t => {
  const code = `
    import { createEngine } from '${new URL('../../src/trainer/index.ts', import.meta.url)}';
    import { NANO } from '${new URL('nano.ts', import.meta.url)}';
    import { randomBatch } from '${new URL('t5-batches.ts', import.meta.url)}';
    const sizes = ${JSON.stringify(SIZES)};
    const engine = await createEngine({ shape: NANO, seed: 1, train: sizes });
    const losses = [0, 1, 2].map(i => engine.step([randomBatch(NANO, sizes, i)], 0.2));
    console.log(JSON.stringify({ mode: engine.mode, losses }));`;
  const without = ['--import=./register.mjs', '--import=./test/trainer/fixtures/without-addon.mjs'];
  const { stdout } = await promisify(execFile)(process.execPath, [...without, '--input-type=module', '-e', code]);
  const { mode, losses }: { mode: string; losses: number[] } = JSON.parse(stdout);
  t.is(mode, 'eager');
  const engine = await create();
  t.is(engine.mode, 'graph');
  for (const [i, loss] of learn(engine, 3).entries()) t.true(Math.abs(loss - losses[i]) < 1e-5);
  engine.dispose();
});

tfTest('params() gives what setParams() was given, by Hugging Face name', async t => {
  const shape = { ...NANO, feed_forward_proj: 'gated-gelu', tie_word_embeddings: false } as const;
  const engine = await create({ shape, optimizer: 'none' });
  t.deepEqual(engine.params(), startParams(shape, 1));
  engine.setParams(startParams(shape, 9));
  t.deepEqual(engine.params(), startParams(shape, 9));
  engine.dispose();
});

tfTest('an engine keeps nothing native when it is disposed, nor while it runs', async t => {
  const tf = await import('@tensorflow/tfjs-node');
  const { binding } = tf.backend() as unknown as {
    binding: Record<'getNumOfTensors' | 'getNumOfSavedModels', () => number>;
  };
  const count = () => [binding.getNumOfTensors(), binding.getNumOfSavedModels(), tf.memory().numTensors];
  for (const mode of ['graph', 'eager'] as const) {
    const before = count();
    const engine = await create({ accumulate: 2, dropout: 0.1, mode });
    const batch = randomBatch(NANO, SIZES, 0);
    const use = () => {
      engine.step([batch, batch], 1);
      engine.loss(batch);
      engine.logits(batch);
      engine.generate(batch.encoder, { size: 3, encLen: 11 }, 3);
      engine.restore(engine.state());
      engine.setParams(engine.params());
    };
    use();
    const running = count();
    use();
    t.deepEqual(count(), running, mode);
    engine.dispose();
    t.deepEqual(count(), before, mode);
  }
});

const REFUSED: [string, Partial<EngineOptions>, (engine: Engine) => unknown, RegExp][] = [
  ['a seed that is none', { seed: -1 }, () => {}, /^seed must be/],
  ['dropout of all', { dropout: 1 }, () => {}, /^dropout must be in \[0, 1\), got 1$/],
  ['clip 0', { clip: 0 }, () => {}, /^clip must be a positive number or null, got 0$/],
  ['accumulate 0', { accumulate: 0 }, () => {}, /^accumulate must be/],
  ['a batch of 0', { train: { ...SIZES, batch: 0 } }, () => {}, /^batch must be/],
  ['an optimizer that is none', { optimizer: 'sgd' as 'adam' }, () => {}, /^unknown optimizer "sgd"/],
  [
    'to learn without one',
    { optimizer: 'none' },
    e => e.step([randomBatch(NANO, SIZES, 1)], 1),
    /^step must have an optimizer/,
  ],
  [
    'too few micro-batches',
    { accumulate: 2 },
    e => e.step([randomBatch(NANO, SIZES, 1)], 1),
    /^step must be given 2 micro-batches, as built, got 1$/,
  ],
  [
    'more rows than built',
    {},
    e => e.loss(randomBatch(NANO, { ...SIZES, batch: 4 }, 1)),
    /^batch must have at most 3 rows, as built, got 4$/,
  ],
  [
    'more targets than built',
    {},
    e => e.loss(randomBatch(NANO, { ...SIZES, decLen: 8 }, 1)),
    /at most 7 targets a row, as built, got 8$/,
  ],
  [
    'fewer tokens without padding',
    {},
    e => e.loss(randomBatch(NANO, { ...SIZES, encLen: 9 }, 1)),
    /^encoder must have 11 tokens a row, as built, got 9$/,
  ],
  [
    'more tokens than built',
    { padded: true },
    e => e.loss(randomBatch(NANO, { ...SIZES, encLen: 12 }, 1)),
    /at most 11 tokens a row, as built, got 12$/,
  ],
  [
    'an id that the vocabulary lacks',
    {},
    e => e.loss(toBatch([new Array(11).fill(300)], [[1]])),
    /^encoder ids must be in \[0, 300\), got 300$/,
  ],
  [
    'a target below 0',
    {},
    e => e.step([toBatch([new Array(11).fill(3)], [[5, -1]])], 1),
    /^target ids must be in \[0, 300\), got -1$/,
  ],
  [
    'a batch without targets',
    {},
    e => e.step([toBatch([new Array(11).fill(3)], [[0, 0]])], 1),
    /^batch must have at least one target that is not padding, got none$/,
  ],
  ['parameters that are not all', {}, e => e.setParams(new Map()), /^shared.weight must have 3300 values, got none$/],
  [
    'parameters of another model',
    {},
    e => e.setParams(new Map([['wte', new Float32Array(1)]])),
    /^unknown parameter "wte"/,
  ],
  [
    'a state of another optimizer',
    { optimizer: 'none' },
    e => e.restore({ steps: 1, tensors: new Map([['adam.first.shared', { dims: [1], values: new Float32Array(1) }]]) }),
    /^unknown tensor of the state "adam.first.shared"/,
  ],
  [
    'a state that is not whole',
    {},
    e => e.restore({ steps: 1, tensors: new Map() }),
    /^state must have shared \[300, 11\], got none$/,
  ],
];
for (const [what, options, use, message] of REFUSED)
  tfTest(`an engine refuses ${what} in one line`, async t => {
    const error = await t.throwsAsync(
      async () => {
        const engine = await create({ mode: 'eager', ...options });
        try {
          use(engine);
        } finally {
          engine.dispose();
        }
      },
      { instanceOf: InputError },
    );
    t.regex(error.message, message);
  });
