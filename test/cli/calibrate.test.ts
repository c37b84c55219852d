import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { readSteps } from '../../src/cli/measured-steps.js';
import { estimateStepTime, findDevice } from '../../src/cost/index.js';
import { parseCalibration, predictShapeTime } from '../../src/fit/index.js';
import { loadTable } from '../../src/runs/index.js';
import { parseShape } from '../../src/shape/index.js';
import { shapelaw } from './run.js';

const NAMES = ['tiny-nl2', 'tiny', 'mini', 'small-nl2', 'small', 'small-nl16', 'base-nl4', 'base', 'large-nl4'];
/** Steps of a V100 that is slower than its datasheet: products twice, all else three times. */
const STEPS = NAMES.map((name, i) => {
  const workload = { batch: 1 + ((5 * i) % 7), encLen: 512, decLen: 114 };
  const { items } = estimateStepTime(parseShape(name), workload, { device: findDevice('v100-32gb') });
  return { name, ...workload, seconds: 3 * (items.elementwise + items.overhead + items.optimizer) + 2 * items.matmul };
});

async function save(text: string): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'shapelaw-')), 'steps.csv');
  await writeFile(file, text);
  return file;
}
const csv = (rows: readonly string[]) => `shape,batch,enc_len,dec_len,seconds_per_step\n${rows.join('\n')}\n`;
const rowOf = ({ name, batch, encLen, decLen, seconds }: (typeof STEPS)[number]) =>
  [name, batch, encLen, decLen, seconds].join();

test('calibrate --runs gives the constants of measured steps, and a file that predicts others', async t => {
  const runs = await save(csv(STEPS.map(rowOf)));
  const out = `${runs}.json`;
  const { code, stdout, stderr } = await shapelaw(
    ...['calibrate', '--runs', runs, '--device', 'v100-32gb', '--out', out, '--json'],
  );
  t.is(code, 0, stderr);
  const { constants, held_out } = JSON.parse(stdout);
  for (const [item, value] of Object.entries({ matmul: 2, elementwise: 3, overhead: 3, optimizer: 3 }))
    t.true(Math.abs(constants[item].value / value - 1) < 1e-4, `${item} ${constants[item].value}`);
  t.true(held_out.largest < 1e-4);
  t.is(held_out.rows.length, NAMES.length);
  const calibration = parseCalibration(JSON.parse(await readFile(out, 'utf8')), out);
  const step = { shape: parseShape('base-nl6'), workload: { batch: 3, encLen: 512, decLen: 114 } };
  const { items } = estimateStepTime(step.shape, step.workload, { device: findDevice('v100-32gb') });
  const wanted = 3 * (items.elementwise + items.overhead + items.optimizer) + 2 * items.matmul;
  t.true(Math.abs(predictShapeTime(calibration, step).seconds / wanted - 1) < 1e-4);
});

// test/fit/step-time.test.ts holds the same fit to SciPy
test('calibrate --terms gives the held-out errors of Gemstones: 3.98 and 7.42 %', async t => {
  const tokens = 'tokens/step/nodes';
  const derive = [
    `matmul=6*(params-100608*width)*${tokens}`,
    `elementwise=width*depth*${tokens}`,
    'all_reduce=params*log2(nodes)',
    `per_token=${tokens}`,
  ].flatMap(text => ['--derive', text]);
  const { stdout, stderr } = await shapelaw(
    ...['calibrate', '--runs', 'gemstones-2025', ...derive, '--where', 'tokens < 1.1e10', '--json'],
    ...['--terms', 'matmul,elementwise,all_reduce,per_token'],
  );
  const { held_out } = JSON.parse(stdout || stderr);
  t.is(held_out.rows.length, 22);
  t.is((100 * held_out.median).toFixed(2), '3.98');
  t.is((100 * held_out.p90).toFixed(2), '7.42');
});

test('steps are read from the columns of run records too', async t => {
  const file = `${await save('')}.jsonl`;
  const { feed_forward_proj, tie_word_embeddings, ...numbers } = parseShape('v1.1-small');
  const shape = { ...numbers, feed_forward_proj, tie_word_embeddings };
  await writeFile(
    file,
    `${JSON.stringify({ shape, batch: 3, enc_len: 31, dec_len: 17, seconds_per_step: 0.5, data: 3 })}\n`,
  );
  const [step] = readSteps(await loadTable(file), { seconds: 'seconds_per_step', precision: 'bf16' });
  t.deepEqual(step, {
    shape,
    workload: { batch: 3, encLen: 31, decLen: 17 },
    seconds: 0.5,
    options: { precision: 'bf16', layout: { data: 3 } },
  });
});

test('a row that is no step is refused by its place', async t => {
  const read = async (row: string) =>
    readSteps(await loadTable(await save(csv([row]))), { seconds: 'seconds_per_step', precision: 'fp32' });
  await t.throwsAsync(read('bse,8,512,114,1'), {
    message: /steps\.csv, row 1: unknown size "bse"; did you mean base\?/,
  });
  await t.throwsAsync(read('base,0,512,114,1'), { message: /steps\.csv, row 1: batch must be a whole number in / });
});

test('options that do not go together are one line and exit code 2', async t => {
  for (const [args, message] of [
    [['--device', 'h100'], 'shapelaw: --device must go with --runs FILE, got none\n'],
    [
      ['--runs', 'gemstones-2025', '--threads', '2'],
      'shapelaw: --threads must go without --runs, since nothing is measured then\n',
    ],
  ] as const) {
    const { code, stdout, stderr } = await shapelaw('calibrate', ...args);
    t.deepEqual([code, stdout, stderr], [2, '', message]);
  }
});
