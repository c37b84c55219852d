import test from 'ava';
import { InputError } from '../../src/base/index.js';
import { prepareData, prepareRun, type TrainOptions, trainRun } from '../../src/trainer/index.js';
import { NANO, nanoCorpus } from './nano.js';
import { toyData, toyWorkshop } from './toy.js';

const data = toyData();
const prepare = (options: Partial<TrainOptions>) => prepareRun({ shape: NANO, data, steps: 3, ...options });
const nameOf = async (options: Partial<TrainOptions>) => (await prepare(options)).run;

test('prepareRun() names a run by all that decides its numbers', async t => {
  const changes: Partial<TrainOptions>[] = [
    {},
    { seed: 1 },
    { steps: 4 },
    { steps: undefined, points: [2, 3] },
    { steps: undefined, seconds: 3 },
    { batch: 4 },
    { accumulate: 2 },
    { optimizer: 'adafactor' },
    { schedule: 'cosine' },
    { warmupSteps: 2 },
    { decayShare: 0.3 },
    { clip: null },
    { dropout: 0.1 },
    { precision: 'bf16' },
    { threads: 2 },
    { mode: 'eager' },
    { evaluateEvery: 2 },
    { shape: { ...NANO, d_kv: 6 } },
    { data: prepareData(nanoCorpus(), { vocabSize: 300, encLen: 20, evalWindows: 19 }) },
  ];
  const names = await Promise.all(changes.map(nameOf));
  t.is(new Set(names).size, changes.length);
  t.true(names.every(name => /-[0-9a-f]{12}$/.test(name)));
});

test('prepareRun() names alike what is asked for in other words', async t => {
  const tokens = 3 * 8 * data.plan.encLen;
  t.is(await nameOf({ steps: undefined, tokens }), await nameOf({}));
  t.is(await nameOf({ steps: undefined, points: [3] }), await nameOf({}));
  t.is(await nameOf({ name: 'mine', optimizer: 'adam', schedule: 'wsd', batch: 8, clip: 1 }), await nameOf({}));
});

test('trainRun({tokens}) takes as many steps as the tokens need', async t => {
  const perStep = 8 * data.plan.encLen;
  const { record } = await trainRun({ shape: NANO, data, tokens: 2 * perStep + 1 }, toyWorkshop());
  t.like(record, { steps: 3, tokens: 3 * perStep });
});

const REFUSED: [string, Partial<TrainOptions>, RegExp][] = [
  ['no length', { steps: undefined }, /^a run must have one length: .*, got none$/],
  ['two lengths', { seconds: 1 }, /got steps and seconds$/],
  ['steps 0', { steps: 0 }, /^steps must be/],
  ['seconds of NaN', { steps: undefined, seconds: Number.NaN }, /^seconds must be a positive number, got NaN$/],
  ['tokens 0', { steps: undefined, tokens: 0 }, /^tokens must be/],
  ['points of none', { steps: undefined, points: [] }, /^points must hold at least one/],
  ['a point of 1.5', { steps: undefined, points: [1.5] }, /^point must be/],
  ['batch 1.5', { batch: 1.5 }, /^batch must be/],
  ['accumulate 3 of batch 8', { accumulate: 3 }, /^accumulate must be a divisor of the batch, 8, got 3$/],
  ['seed -1', { seed: -1 }, /^seed must be/],
  ['dropout 1', { dropout: 1 }, /^dropout must be in \[0, 1\), got 1$/],
  ['clip 0', { clip: 0 }, /^clip must be a positive number, got 0$/],
  ['precision fp8', { precision: 'fp8' as 'fp32' }, /^unknown precision "fp8"/],
  ['optimizer sgd', { optimizer: 'sgd' as 'adam' }, /^unknown optimizer "sgd"/],
  ['schedule step', { schedule: 'step' as 'wsd' }, /^unknown schedule "step"/],
  ['a vocabulary that the shape lacks', { shape: { ...NANO, vocab_size: 299 } }, /vocab_size 299, got 300/],
];
for (const [what, options, message] of REFUSED)
  test(`trainRun() refuses ${what} in one line`, async t => {
    await t.throwsAsync(prepare(options), { instanceOf: InputError, message });
  });
