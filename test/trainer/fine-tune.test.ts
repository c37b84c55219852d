import { fineTune } from '../../src/trainer/fine-tune.js';
import { createTokenizer } from '../../src/trainer/index.js';
import { initParams, paramTensors } from '../../src/trainer/params.js';
import type { Example, Task } from '../../src/trainer/tasks/task.js';
import { NANO } from './nano.js';
import { tfTest } from './with-tensorflow.js';

const tokenizer = createTokenizer([]);
const SHAPE = { ...NANO, d_model: 24, d_ff: 48, d_kv: 8, vocab_size: tokenizer.size };

/** Which of two letters stands in the text: a task that a nano model learns in a second. */
const example = (i: number): Example => ({
  input: `say: ${'ab'[i % 2]}${i % 7}<extra_id_0>`,
  target: 'ab'[i % 2],
  options: ['a', 'b'],
});
const examples = (from: number, count: number) => Array.from({ length: count }, (_, i) => example(from + i));
const task: Task = {
  name: 'say',
  about: 'the letter',
  metric: 'accuracy',
  train: examples(0, 64),
  validation: examples(0, 20),
  test: examples(1, 20),
  chance: 0.5,
  majority: 0.5,
  encLen: 9,
  decLen: 3,
  fingerprint: 'say',
};

function start(): Map<string, Float32Array> {
  const tensors = paramTensors(SHAPE);
  const flat = initParams(tensors, 1);
  return new Map(tensors.map(({ name, from, to }) => [name, flat.slice(from, to)]));
}

tfTest('fineTune() learns a task, and the seed decides the score', async t => {
  const options = { shape: SHAPE, params: start(), tasks: [task], tokenizer, steps: 120, batch: 16, evaluations: 3 };
  const { record } = await fineTune(options);
  t.true(record.scores!.say > 0.9, `${record.scores!.say}`);
  t.is(record.kind, 'finetune');
  const again = await fineTune(options);
  t.deepEqual(again.record.scores, record.scores);
  t.deepEqual(again.tasks[0].validations, (await fineTune(options)).tasks[0].validations);
});
