import test from 'ava';
import { createRandom } from '../../../src/base/index.js';
import { createTokenizer, loadCorpus, trainTokenizer } from '../../../src/trainer/index.js';
import { buildTasks } from '../../../src/trainer/tasks/build.js';
import { decodeAnswer, encodeExample } from '../../../src/trainer/tasks/encode.js';
import { METRICS } from '../../../src/trainer/tasks/metric.js';
import { RULES } from '../../../src/trainer/tasks/rules.js';
import { splitDocuments } from '../../../src/trainer/tasks/split.js';
import { type Example, SPLITS, type Task } from '../../../src/trainer/tasks/task.js';

const documents = await loadCorpus();
const tokenizer = createTokenizer([]);
const tasks = buildTasks({ documents, tokenizer });
const named = (name: string) => tasks.find(task => task.name === name)!;
const all = (task: Task) => SPLITS.flatMap(split => task[split]);

const counts = (values: readonly string[]) => {
  const found: Record<string, number> = {};
  for (const value of values) found[value] = (found[value] ?? 0) + 1;
  return found;
};

test('no document serves two splits of a task', t => {
  for (const rule of RULES) {
    const splits = splitDocuments(rule, documents, createRandom(3));
    const ids = SPLITS.flatMap(split => splits[split].map(({ id }) => id));
    t.is(new Set(ids).size, ids.length, rule.name);
    t.true(SPLITS.every(split => splits[split].length >= 2), rule.name);
  }
});

test('a held-out document of the corpus never trains a task', t => {
  const held = new Set(documents.heldOut.map(({ id }) => id));
  for (const rule of RULES) t.false(splitDocuments(rule, documents, createRandom(3)).train.some(({ id }) => held.has(id)));
});

/** White space as one space, so that a passage is found in its text. */
const flat = (texts: readonly { text: string }[]) => texts.map(({ text }) => text.replace(/\s+/g, ' ')).join(' | ');

test('the passages of a task stand in the documents of their split, and in no others', t => {
  const passage = ({ input }: Example) => /^recall: (.*) \| /.exec(input)![1];
  const [train, heldOut] = [flat(documents.train), flat(documents.heldOut)];
  const sample = (examples: readonly Example[]) => examples.filter((_, i) => i % 40 === 0).map(passage);
  t.true(sample(named('recall').train).every(text => train.includes(text) && !heldOut.includes(text)));
  t.true(sample(named('recall').test).every(text => heldOut.includes(text) && !train.includes(text)));
});
