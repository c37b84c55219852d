import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { shapelaw } from './run.js';

test('cost base --json gives the counts of PyTorch for t5-base', async t => {
  const { code, stdout, stderr } = await shapelaw('cost', 'base', '--json', '--decode-tokens', '16');
  t.is(code, 0);
  t.is(stderr, '');
  const [base] = JSON.parse(stdout);
  // datasets/t5-cost-oracle, row t5-base
  t.is(base.params.total, 222903552);
  t.is(base.flops.forward, 141981401088);
  t.is(base.flops.train_step, 425944203264);
  t.is(base.memory.activations_bytes, 596632620);
  t.like(base.decode, { tokens: 16, flops: 115399753728, cache_bytes: 38928384 });
});

test('cost --shapes FILE reads configs that carry their own workload', async t => {
  const file = join(await mkdtemp(join(tmpdir(), 'shapelaw-')), 'shapes.json');
  // datasets/t5-cost-oracle, row nano-gated-untied
  const nano = { num_layers: 2, num_decoder_layers: 2, d_model: 32, d_ff: 64, d_kv: 8, num_heads: 4, vocab_size: 128 };
  const config = { ...nano, feed_forward_proj: 'gated-gelu', tie_word_embeddings: false };
  await writeFile(file, JSON.stringify([{ ...config, name: 'nano', batch: 2, enc_len: 16, dec_len: 8 }]));
  const { stdout } = await shapelaw('cost', '--shapes', file, '--json', '--dropout', '0.1');
  const [cost] = JSON.parse(stdout);
  t.like(cost, { name: 'nano', batch: 2, enc_len: 16, dec_len: 8 });
  t.is(cost.params.total, 57984);
  t.is(cost.flops.forward, 2719744);
  t.is(cost.memory.activations_bytes, 514116);
});

test('cost prints a table for people', async t => {
  const { stdout } = await shapelaw('cost', 'base', 'small-nl16');
  t.regex(stdout, /^shape +params/);
  t.regex(stdout, /\nsmall-nl16 +134M/);
});

const refused: readonly [title: string, args: readonly string[], message: RegExp][] = [
  ['an unknown shape', ['cost', 'bse'], /^shapelaw: unknown size "bse"; did you mean base\?/],
  ['no shape', ['cost'], /^shapelaw: cost needs at least one SHAPE/],
  [
    'an unknown option',
    ['cost', 'base', '--bacth', '3'],
    /^shapelaw: unknown option '--bacth' \(Did you mean --batch\?\)/,
  ],
  ['an unknown command', ['csot'], /^shapelaw: unknown command 'csot'/],
  ['a text for a number', ['cost', 'base', '--batch', 'many'], /^shapelaw: --batch must be a number, got "many"/],
  ['a missing file', ['cost', '--shapes', 'nowhere.json'], /^shapelaw: .*nowhere\.json/],
  ['a folder for a file', ['cost', '--shapes', 'src'], /^shapelaw: src must be a file, got a folder/],
  ['an unknown convention', ['cost', 'base', '--convention', 'macs'], /^shapelaw: convention must be torch or mesh-tf/],
];
for (const [title, args, message] of refused)
  test(`${title} is one line on stderr and exit code 2`, async t => {
    const { code, stdout, stderr } = await shapelaw(...args);
    t.is(code, 2);
    t.is(stdout, '');
    t.regex(stderr, message);
    t.is(stderr.trimEnd().split('\n').length, 1, stderr);
  });

test('a file that is no JSON, and an entry with an unknown key, are named', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'shapelaw-'));
  const [broken, unknown] = ['broken.json', 'unknown.json'].map(name => join(folder, name));
  await writeFile(broken, '[{');
  await writeFile(unknown, JSON.stringify([{ d_modle: 3 }]));
  t.regex((await shapelaw('cost', '--shapes', broken)).stderr, /broken\.json must be JSON, got/);
  t.regex(
    (await shapelaw('cost', '--shapes', unknown)).stderr,
    /unknown\.json, entry 1: unknown key "d_modle"; did you mean d_model\?/,
  );
});

test('a bad workload names its file and entry; a control character in a name does no harm', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'shapelaw-'));
  const [zero, odd] = ['zero.json', 'odd.json'].map(name => join(folder, name));
  const shape = { num_layers: 1, d_model: 8, d_ff: 8, d_kv: 4, num_heads: 2, vocab_size: 16 };
  await writeFile(zero, JSON.stringify([shape, { ...shape, batch: 0 }]));
  await writeFile(odd, JSON.stringify([{ ...shape, name: 'a\u001b]0;b\u0007' }]));
  t.regex((await shapelaw('cost', '--shapes', zero)).stderr, /zero\.json, entry 2: batch must be a whole number in/);
  t.notRegex((await shapelaw('cost', '--shapes', odd)).stdout, /\p{Cc}(?<!\n)/u);
});
