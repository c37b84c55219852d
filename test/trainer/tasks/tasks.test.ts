import test from 'ava';
import { createRandom } from '../../../src/base/index.js';
import { createTokenizer, loadCorpus } from '../../../src/trainer/index.js';
import { buildTasks } from '../../../src/trainer/tasks/build.js';
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
    t.true(
      SPLITS.every(split => splits[split].length >= 2),
      rule.name,
    );
  }
});

test('a held-out document of the corpus never trains a task', t => {
  const held = new Set(documents.heldOut.map(({ id }) => id));
  for (const rule of RULES)
    t.false(splitDocuments(rule, documents, createRandom(3)).train.some(({ id }) => held.has(id)));
});

/** White space as one space, so that a passage is found in its text. */
const flat = (texts: readonly { text: string }[]) => texts.map(({ text }) => text.replace(/\s+/g, ' ')).join(' | ');

test('questions of a test are made from held-out documents; a few phrases recur in the others', t => {
  const passage = ({ input }: Example) => /^recall: (.*) \| /.exec(input)![1];
  const tested = named('recall')
    .test.filter((_, i) => i % 20 === 0)
    .map(passage);
  const share = (half: string) => tested.filter(text => half.includes(text)).length / tested.length;
  const [heldOut, train] = [share(flat(documents.heldOut)), share(flat(documents.train))];
  t.true(heldOut > 0.95 && train < 0.1, `${heldOut} ${train}`);
});

test('every task has enough questions, one answer among its options, and baselines in [0, 1)', t => {
  for (const task of tasks) {
    t.true(task.validation.length >= 100 && task.test.length >= 100, task.name);
    t.true(task.chance >= 0 && task.chance < 1 && task.majority >= 0 && task.majority < 1, task.name);
    for (const { target, options } of all(task))
      if (options.length > 0)
        t.true(
          options.some(option => option.trim() === target.trim()),
          task.name,
        );
  }
});

test('classes that are labels come in equal numbers', t => {
  const answers = counts(named('era').test.map(({ target }) => target));
  t.is(new Set(Object.values(answers)).size, 1);
});

test('the same documents give the same tasks', t => {
  const again = buildTasks({ documents, tokenizer }, ['cloze']);
  t.is(again[0].fingerprint, named('cloze').fingerprint);
});
