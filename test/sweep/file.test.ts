import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import test from 'ava';
import { InputError } from '../../src/base/index.js';
import { expandSweep, loadSweep, parseSweep } from '../../src/sweep/index.js';
import { familySchema, gridSchema, sweepSchema } from '../../src/sweep/schema.js';
import { temporaryFile } from '../runs/temporary.js';
import { jobsOf, sweepText } from './sweeps.js';

const REFUSED: readonly [what: string, lines: readonly string[], message: string][] = [
  ['an unknown key', ['stepz: 4'], `line 3: unknown key "stepz"; did you mean steps?`],
  [
    'an unknown key of a grid',
    ['steps: 4', 'shapes: ', '  - base: tiny', '    NLL: [2]'],
    'line 5: unknown key "NLL"; did you mean NL?',
  ],
  ['no length', [], 'line 1: the file must give one length: steps, tokens or points, got none'],
  ['two lengths', ['steps: 4', 'tokens: 4000'], 'line 4: tokens must give one length: steps, tokens or points'],
  ['half a step', ['steps: [4, 0.5]'], 'line 3: steps[2] must be a whole number in [1, 16777216], got 0.5'],
  ['a text for a number', ['steps: many'], 'line 3: steps must be a whole number in [1, 16777216], got "many"'],
  ['an empty list', ['steps: 4', 'seeds: []'], 'line 4: seeds must be a list that is not empty, got []'],
  [
    'a seed of 33 bits',
    ['steps: 4', 'seeds: [4294967296]'],
    'line 4: seeds[1] must be a whole number in [0, 4294967295]',
  ],
  [
    'an unknown optimiser',
    ['steps: 4', 'optimizer: sgd'],
    'line 4: optimizer must be one of adam, adafactor, got "sgd"',
  ],
  ['an unknown task', ['steps: 4', 'fine_tune: {tasks: [chess]}'], 'line 4: fine_tune.tasks[1] must be one of '],
  ['an unknown corpus', ['steps: 4', 'corpus: sotu+brown'], 'line 4: corpus must be of '],
  ['text beside a corpus', ['steps: 4', 'corpus: sotu', 'text: a.txt'], 'line 5: text must not stand beside corpus'],
  [
    'a batch that micro-batches do not divide',
    ['steps: 4', 'batch: [8, 9]', 'accumulate: 4'],
    'line 4: batch[2] must be',
  ],
  ['no YAML', ['steps: [4'], 'must be YAML, got: '],
  ['a key twice', ['steps: 4', 'steps: 5'], 'line 4 must be YAML, got: Map keys must be unique'],
];
for (const [what, lines, message] of REFUSED)
  test(`parseSweep() refuses ${what} by file and line`, async t => {
    // a later `shapes` stands for the one of the small sweep
    const text = lines.some(line => line.startsWith('shapes'))
      ? ['name: small', '# no shapes yet', ...lines.slice(1), lines[0]].join('\n')
      : sweepText(...lines);
    const error = await t.throwsAsync(parseSweep(text, 'small.yaml'), { instanceOf: InputError });
    t.true(error.message.startsWith('small.yaml'), error.message);
    t.true(error.message.includes(message), error.message);
  });

test('a sweep has a name that leads nowhere else', async t => {
  for (const name of ['..', '../up', '-x', '"a b"', '[a]'])
    await t.throwsAsync(parseSweep(`name: ${name}\nshapes: [tiny]\nsteps: 1`, 'a.yaml'), {
      message: /^a.yaml, line 1: name must be a letter or digit, then letters, digits/,
    });
});

test('a sweep of one shape and one length is one job with the documented defaults', async t => {
  const [job, ...others] = await jobsOf('steps: 400');
  t.deepEqual(others, []);
  t.like(job, { number: 1, name: 'tiny-nh3-kv5-dm7-ff11-nl2-v512, 400 steps, seed 0', fineTune: null });
  t.like(job.pretrain, {
    encLen: 128,
    evalWindows: 320,
    points: [400],
    seed: 0,
    batch: 8,
    accumulate: 1,
    optimizer: 'adam',
    schedule: null,
    rate: 1,
    dropout: 0,
    precision: 'fp32',
  });
  t.is(job.pretrain.shape.vocab_size, 512);
});

test('lists are crossed, shapes outermost and seeds innermost', async t => {
  const jobs = await jobsOf('steps: [2, 3]', 'seeds: [5, 6]', 'rate: [1, 2]');
  const seen = jobs.map(({ pretrain: { points, seed, rate } }) => [rate, points[0], seed]);
  t.deepEqual(seen, [
    [1, 2, 5],
    [1, 2, 6],
    [1, 3, 5],
    [1, 3, 6],
    [2, 2, 5],
    [2, 2, 6],
    [2, 3, 5],
    [2, 3, 6],
  ]);
  t.deepEqual(
    jobs.map(({ number }) => number),
    [1, 2, 3, 4, 5, 6, 7, 8],
  );
  t.regex(jobs[7].name, /, 3 steps, seed 6, rate 2$/);
});

test('tokens are those of the encoder, and the last step may go beyond', async t => {
  const jobs = await jobsOf('tokens: [1e6, 1024]', 'enc_len: 128', 'batch: 8');
  t.deepEqual(
    jobs.map(({ pretrain }) => pretrain.points),
    [[977], [1]],
  ); // 1e6 / 1024 = 976.6
});

test('points are one job, in rising order and each once', async t => {
  const [job, ...others] = await jobsOf('points: [30, 10, 30, 20]');
  t.deepEqual(others, []);
  t.deepEqual(job.pretrain.points, [10, 20, 30]);
});

test('equal jobs are one job, whichever way they were written', async t => {
  const text = (shapes: string, steps: string) => `name: a\nshapes: ${shapes}\n${steps}`;
  const jobs = async (shapes: string, steps = 'steps: [4, 4]') =>
    expandSweep(await parseSweep(text(shapes, steps), 'a'));
  const [one, ...others] = await jobs('[tiny-nl2, {base: tiny, NL: 2}, tiny-v700-nl2]');
  t.deepEqual(others, []);
  const [again] = await jobs('[mini, {base: mini, DM: 256, FF: 1024, NH: 4, NL: 2}]', 'points: [4]').then(all =>
    all.slice(1),
  );
  t.is(again.id, one.id);
});

test('the id of a job does not change with the file about it', async t => {
  const [, second] = await jobsOf('steps: 4', 'corpus: sotu', 'seeds: [1, 2]');
  const [alone] = await jobsOf('corpus: sotu', 'seeds: [2]', 'fine_tune: {tasks: [cloze]}', 'steps: 4');
  t.is(alone.id, second.id);
  t.is(alone.id, 'tiny-nh3-kv5-dm7-ff11-nl2-v512-1a90bd5d45');
  t.not(alone.number, second.number);
});

test("text files stand beside the sweep file, and a job's id changes with what they hold", async t => {
  const file = await temporaryFile('small.yaml', sweepText('steps: 4', 'text: [a.txt]'));
  const text = join(dirname(file), 'a.txt');
  await t.throwsAsync(loadSweep(file), { message: `${text} must be a readable file, got ENOENT` });
  const idWith = async (content: string) => {
    await writeFile(text, content);
    return expandSweep(await loadSweep(file))[0].id;
  };
  const first = await idWith('once');
  t.not(await idWith('twice'), first);
  t.is(await idWith('once'), first);
});

test('too many jobs are refused before they are made', async t => {
  const many = ['steps: [1, 2, 3]', 'seeds: [1, 2, 3]'];
  await t.throwsAsync(jobsOf(...many, 'max_jobs: 8'), {
    message: 'small.yaml must give at most max_jobs (8) jobs, got 9; max_jobs: 9 allows it',
  });
  t.is((await jobsOf(...many, 'max_jobs: 9')).length, 9);
  const list = `[${Array.from({ length: 200 }, (_, i) => i + 1)}]`;
  const huge = `name: a\nsteps: 1\nshapes:\n  - {base: tiny, EL: ${list}, DL: ${list}, FF: ${list}}`;
  await t.throwsAsync(parseSweep(huge, 'a.yaml'), {
    message: 'a.yaml, line 4: shapes[1] must give at most max_jobs (1000) shapes, got 8000000',
  });
});

test('every example of the documentation is a sweep, and its table has every key', async t => {
  const page = await readFile('docs/sweep.md', 'utf8');
  const [, example] = /```yaml\n([\s\S]*?)```/.exec(page)!;
  t.is(expandSweep(await parseSweep(example, 'docs/sweep.md')).length, (1 + 4 + 4 - 2) * 3 * 2); // two shapes stand there twice
  for (const name of await readdir('docs/sweeps')) {
    const sweep = await loadSweep(`docs/sweeps/${name}`);
    t.true(expandSweep(sweep).length > 1 && `${sweep.name}.yaml` === name, name);
  }
  const told = new Set(page.match(/(?<=`)[A-Za-z_.]+(?=`)/g));
  for (const schema of [sweepSchema, gridSchema, familySchema])
    for (const key of Object.keys(schema.shape))
      t.true(told.has(key) || told.has(`${key}.steps`) || page.includes(`${key}:`), key);
});
