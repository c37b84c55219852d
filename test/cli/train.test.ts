import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { InputError } from '../../src/base/index.js';
import { runTrain, type TrainCommandOptions } from '../../src/cli/commands/train.js';
import { loadRecords, parseRecord } from '../../src/runs/index.js';
import { newFolder } from '../trainer/folder.js';
import { nanoCorpus } from '../trainer/nano.js';
import { tfTest } from '../trainer/with-tensorflow.js';
import { shapelaw } from './run.js';

const folder = newFolder();
const text = join(folder, 'mine.txt');
writeFileSync(text, [...nanoCorpus().train, ...nanoCorpus().heldOut].map(document => document.text).join('\n\n'));

const NAME = 'tiny-nh2-kv16-dm32-ff64-nl1';
const train = (...args: string[]) => [
  'train',
  NAME,
  '--vocab',
  '300',
  '--out',
  join(folder, 'out'),
  '--text',
  text,
  ...args,
];

tfTest(
  'shapelaw train trains on the text of the user and shows the loss, gaps that it fills, and where the record is',
  async t => {
    const { code, stdout, stderr } = await shapelaw(
      ...train('--steps', '30', '--batch', '2', '--export', join(folder, 'hf')),
    );
    t.is(code, 0, stderr);
    t.regex(stdout, /held-out loss +\d\.\d{4} nats per target token/);
    t.regex(stdout, /% of the fastest matmul/);
    t.regex(stdout, /gap +the text +the model\n/);
    const [, file] = stdout.match(/^record +(\S+)$/m)!;
    t.like((await loadRecords(file)).records[0], { steps: 30, corpus: { name: 'mine.txt' } });
    for (const name of ['config.json', 'model.safetensors', 'tokenizer.json'])
      t.true(existsSync(join(folder, 'hf', name)));
  },
);

tfTest('shapelaw train --json prints the record alone, and the same run again is read, not trained', async t => {
  const args = train('--steps', '20', '--json', '--optimizer', 'adafactor', '--schedule', 'cosine', '--dropout', '0.1');
  const first = await shapelaw(...args);
  const record = await parseRecord(JSON.parse(first.stdout), 'record');
  t.like(record, { steps: 20, optimizer: 'adafactor', dropout: 0.1, params: record.params });
  const again = await shapelaw(...args);
  t.is(again.stdout, first.stdout);
  t.regex(again.stderr, /this run was finished before; --fresh trains it anew/);
  t.is(again.code, 0);
});

tfTest('shapelaw train at SIGINT ends with 130 after a checkpoint, and says how to go on', async t => {
  const out = newFolder();
  const args = train('--minutes', '9', '--out', out);
  const child = spawn(process.execPath, ['--import', './register.mjs', 'src/cli/main.ts', ...args]);
  let stderr = '';
  child.stderr.on('data', data => {
    stderr += data;
  });
  while (!readdirSync(out).some(run => existsSync(join(out, run, 'lock')))) await sleep(20);
  child.kill('SIGINT');
  t.deepEqual(await once(child, 'close'), [130, null]);
  t.regex(stderr, /stopped by SIGINT; the same command goes on after step \d+, from \S+\n$/);
});

const WORK = `import { untilStopped } from './src/cli/stop.ts';
await untilStopped(async signal => {
  signal.addEventListener('abort', () => console.log(signal.reason.exitCode));
  setInterval(() => {}, 1000);
  console.log('begun');
  await new Promise(() => {});
});`;

test('a first SIGINT asks the work to end, a second one ends the program at once', async t => {
  const child = spawn(process.execPath, ['--import', './register.mjs', '--input-type=module', '-e', WORK]);
  for (const expected of ['begun', '130']) {
    t.is(String(await once(child.stdout, 'data')).trim(), expected);
    child.kill('SIGINT');
  }
  t.deepEqual(await once(child, 'exit'), [null, 'SIGINT']);
});

test('shapelaw train refuses two lengths in one line', async t => {
  const { code, stdout, stderr } = await shapelaw(...train('--steps', '3', '--minutes', '1'));
  t.deepEqual([code, stdout], [2, '']);
  t.regex(stderr, /^shapelaw: train needs one of --minutes, .*, got --minutes and --steps\n$/);
});

const given: TrainCommandOptions = {
  vocab: '300',
  batch: '8',
  accumulate: '1',
  seed: '0',
  optimizer: 'adam',
  dropout: '0',
  precision: 'fp32',
  out: folder,
};
const REFUSED: [string, Partial<TrainCommandOptions>, RegExp][] = [
  ['a corpus and text', { corpus: 'sotu', text: [text] }, /^train needs --corpus or --text, got both$/],
  ['an optimizer that is none', { optimizer: 'sgd' }, /adafactor, got "sgd"$/],
  ['a schedule that is none', { schedule: 'step', text: [text] }, /^unknown schedule "step"/],
  ['a batch that is no number', { batch: 'x' }, /^--batch must be a number, got "x"$/],
  [
    'a shape that does not fit in memory',
    { batch: '100000' },
    /^training must fit in the free memory of .* that need .*iB$/,
  ],
  [
    'text that is not there',
    { text: [join(folder, 'none.txt')] },
    /none\.txt must be a readable text file, got ENOENT$/,
  ],
];
for (const [what, options, message] of REFUSED)
  test(`shapelaw train refuses ${what} in one line`, async t => {
    await t.throwsAsync(runTrain(NAME, { ...given, ...options }), { instanceOf: InputError, message });
  });
