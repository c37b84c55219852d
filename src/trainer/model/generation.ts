import {
  add,
  argMax,
  constant,
  equal,
  type Feed,
  type Feeds,
  type Graph,
  gather,
  type Held,
  output,
  placeholder,
  reshape,
  type Session,
  select,
  stack,
  unstack,
  type Value,
} from '../../graph/index.js';
import type { Sizes } from '../engine.js';
import { EOS, PAD } from '../tokenizer.js';
import { allBuckets, causalMask, paddingMask, relativeBias, type Seen } from './attention.js';
import type { Net } from './layers.js';
import { decode, encode } from './t5.js';

/**
 * The likeliest token again and again, for every row until its eos, `maxTokens` at most.
 *
 * @param encoder ids of the whole batch
 * @param size rows that count; the rest fill the batch up
 */
export type Generate = (
  session: Session,
  encoder: Int32Array,
  { size, maxTokens }: { readonly size: number; readonly maxTokens: number },
) => number[][];

/** Adds to a graph what greedy decoding needs: the encoder, and one token with a cache of keys and values. */
export function buildGeneration(graph: Graph, net: Net, { batch, encLen, decLen }: Sizes, padded: boolean): Generate {
  const { num_decoder_layers, num_heads, d_kv } = net.shape;
  const ids = placeholder(graph, 'generation.encoder', [batch * encLen], 'int32');
  const padding = padded ? paddingMask(net, ids) : undefined;
  output(graph, 'generation.encoded', packSeen(encode(net, ids, padding)));

  const each = (length: number) => [2 * num_decoder_layers, batch, num_heads, length, d_kv];
  const encoded = unpackSeen(placeholder(graph, 'generation.crossing', each(encLen)), padding);
  const before = unpackSeen(placeholder(graph, 'generation.cache', each(decLen)), undefined);
  const tokens = placeholder(graph, 'generation.tokens', [batch], 'int32');
  const position = placeholder(graph, 'generation.position', [1], 'int32');
  const buckets = gather(allBuckets(graph, 'decoder', decLen), position); // -> [1, T]
  const bias = add(relativeBias(net, 'decoder', buckets), gather(causalMask(graph, decLen), position)); // -> [1, H, 1, T]
  const here = reshape(equal(countUp(graph, decLen), position), [decLen, 1]);
  const grown: Seen[] = [];
  const logits = decode(net, tokens, encoded, (block, key, value) => {
    const keys = select(here, key, before[block].keys); // [B, H, 1, K] into [B, H, T, K]
    grown[block] = { keys, values: select(here, value, before[block].values), bias };
    return grown[block];
  });
  output(graph, 'generation.next', argMax(logits)); // [B, V] -> [B]
  output(graph, 'generation.grown', packSeen(grown));
  output(graph, 'generation.read', tokens);
  const start = { tokens: new Int32Array(batch).fill(PAD), cache: new Float32Array(sizeOf(each(decLen))) };
  return (session, encoder, wanted) => generate(session, encoder, wanted, start);
}

const sizeOf = (dims: readonly number[]) => dims.reduce((size, dim) => size * dim, 1);

const countUp = (graph: Graph, length: number) =>
  constant(
    graph,
    Int32Array.from({ length }, (_, i) => i),
  );

/** -> [2 * blocks, B, H, L, K] */
const packSeen = (seen: readonly Seen[]) => stack(seen.flatMap(({ keys, values }) => [keys, values]));

function unpackSeen(packed: Value, bias: Value | undefined): Seen[] {
  const pieces = unstack(packed);
  return Array.from({ length: pieces.length / 2 }, (_, block) => {
    const [keys, values] = pieces.slice(2 * block);
    return { keys, values, bias };
  });
}

function generate(
  session: Session,
  encoder: Int32Array,
  { size, maxTokens }: Parameters<Generate>[2],
  start: { readonly tokens: Int32Array; readonly cache: Float32Array },
): number[][] {
  const rows: number[][] = Array.from({ length: size }, () => []);
  const ended = new Set<number>();
  const source: Feeds = { 'generation.encoder': encoder };
  const [crossing] = session.runKeep(['generation.encoded'], source);
  let held: Held[] = [];
  let [tokens, cache]: Feed[] = [start.tokens, start.cache];
  try {
    for (let position = 0; position < maxTokens && ended.size < size; position++) {
      const made = session.runKeep(['generation.next', 'generation.grown'], {
        ...source,
        'generation.crossing': crossing,
        'generation.tokens': tokens,
        'generation.cache': cache,
        'generation.position': Int32Array.of(position),
      });
      session.release(held);
      held = made;
      [tokens, cache] = made;
      const [next] = session.run(['generation.read'], { 'generation.tokens': tokens });
      for (const [i, row] of rows.entries()) {
        if (next[i] === EOS) ended.add(i);
        if (!ended.has(i)) row.push(next[i]);
      }
    }
  } finally {
    session.release([crossing, ...held]);
  }
  return rows;
}
