import test from 'ava';
import {
  countDecode,
  countFlops,
  countParams,
  estimateDecodeMemory,
  estimateTrainMemory,
  ONE_SEQUENCE,
} from '../../src/cost/index.js';
import { loadDataset, type Table } from '../../src/runs/index.js';
import { parseShape, type Shape } from '../../src/shape/index.js';

// Counts made by PyTorch: FlopCounterMode and saved-tensor hooks on transformers' T5 (datasets/t5-cost-oracle).

const rows = (table: Table) =>
  Array.from({ length: table.rows }, (_, row) => (column: string) => table.columns[column][row]);
type Row = ReturnType<typeof rows>[number];

const shapeOf = (row: Row) =>
  ({
    num_layers: row('num_layers'),
    num_decoder_layers: row('num_decoder_layers'),
    d_model: row('d_model'),
    d_ff: row('d_ff'),
    d_kv: row('d_kv'),
    num_heads: row('num_heads'),
    vocab_size: row('vocab'),
    feed_forward_proj: row('gated') === 1 ? 'gated-gelu' : 'relu',
    tie_word_embeddings: row('tied') === 1,
  }) as Shape;
const workloadOf = (row: Row) => ({
  batch: row('batch') as number,
  encLen: row('enc_len') as number,
  decLen: row('dec_len') as number,
});
const oracle = rows(await loadDataset('t5-cost-oracle'));

test('countParams and countFlops equal PyTorch on all 159 released shapes', async t => {
  const released = rows(await loadDataset('t5-shapes'));
  t.is(released.length, 159);
  for (const row of released) {
    const shape = parseShape(row('name') as string);
    const params = countParams(shape);
    t.is(params.total, row('params') as number, row('name') as string);
    t.is(params.items.embedding, row('embedding_params') as number);
    t.is(countFlops(shape, ONE_SEQUENCE).forward, row('forward_flops_enc512_dec114') as number);
  }
});

test('the oracle has 24 shapes', t => t.is(oracle.length, 24));

for (const row of oracle) {
  const name = row('name') as string;
  const shape = shapeOf(row);
  const workload = workloadOf(row);

  test(`${name}: parameters and FLOPs equal PyTorch`, t => {
    const flops = countFlops(shape, workload);
    t.is(countParams(shape).total, row('params') as number);
    t.is(flops.forward, row('forward_flops') as number);
    t.is(flops.backward, row('backward_flops') as number);
    t.is(flops.trainStep, row('train_step_flops') as number);
  });

  test(`${name}: generation equals PyTorch`, t => {
    const generation = { batch: workload.batch, encLen: workload.encLen, tokens: row('decode_tokens') as number };
    t.is(countDecode(shape, generation).total, row('decode_flops') as number);
    t.is(estimateDecodeMemory(shape, generation).items.cache, row('kv_cache_bytes_fp32') as number);
  });

  for (const [attention, column] of [
    ['eager', 'eager'],
    ['fused', 'sdpa'],
  ] as const)
    for (const dropout of [0.1, 0])
      test(`${name}: activations, ${attention}, dropout ${dropout}, equal PyTorch to the byte`, t => {
        const { activations } = estimateTrainMemory(shape, workload, { attention, dropout });
        t.is(activations.total, row(`saved_bytes_${column}_drop${dropout}`) as number);
      });
}

test('flash attention keeps what PyTorch keeps where its CPU kernel recomputes (cross-attention, no dropout)', t => {
  const measured = oracle.filter(row => Number.isFinite(row('saved_bytes_sdpa_drop0_cpu')));
  t.is(measured.length, 7);
  for (const row of measured) {
    const [fused, flash] = (['fused', 'flash'] as const).map(
      attention => estimateTrainMemory(shapeOf(row), workloadOf(row), { attention }).activations,
    );
    const swapped = fused.total - fused.items['decoder/cross_attention'] + flash.items['decoder/cross_attention'];
    t.is(swapped, row('saved_bytes_sdpa_drop0_cpu') as number, row('name') as string);
  }
});
