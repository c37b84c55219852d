import { add, cast, gather, mul, notEqual, sparseCrossEntropy, sum, type Value } from '../../graph/index.js';
import { PAD } from '../tokenizer.js';
import {
  allBuckets,
  causalMask,
  crossAttention,
  heads,
  paddingMask,
  relativeBias,
  type Seen,
  selfAttention,
} from './attention.js';
import { feedForward, type Net, normalize, project } from './layers.js';

/** Ids of both sides: encoder int32 [B * Lk], decoder int32 [B * Lq]. */
export interface Ids {
  readonly encoder: Value;
  readonly decoder: Value;
}

/**
 * Logits of every decoder position. -> [B * Lq, V]
 *
 * @param padded hides the padding of the encoder
 */
export function buildLogits(net: Net, { encoder, decoder }: Ids, padded: boolean): Value {
  const padding = padded ? paddingMask(net, encoder) : undefined;
  const crossing = encode(net, encoder, padding);
  const length = decoder.dims[0] / net.batch;
  const relative = relativeBias(net, 'decoder', allBuckets(decoder.graph, 'decoder', length));
  const bias = add(relative, causalMask(decoder.graph, length)); // -> [1, H, Lq, Lq]
  return decode(net, decoder, crossing, (_, keys, values) => ({ keys, values, bias }));
}

/** What each decoder layer sees of the encoder: its keys and values. int32 [B * L] -> [B, H, L, K] each */
export function encode(net: Net, ids: Value, padding: Value | undefined): Seen[] {
  const relative = relativeBias(net, 'encoder', allBuckets(ids.graph, 'encoder', ids.dims[0] / net.batch));
  const bias = padding === undefined ? relative : add(relative, padding);
  let states = net.dropout(embed(net, ids));
  for (let block = 0; block < net.shape.num_layers; block++) {
    const layer = `encoder.block.${block}.layer`;
    const see = (keys: Value, values: Value) => ({ keys, values, bias });
    states = add(states, net.dropout(selfAttention(net, `${layer}.0`, states, see)));
    states = add(states, net.dropout(feedForward(net, `${layer}.1`, states)));
  }
  const { weights, shape } = net;
  const last = net.dropout(normalize(states));
  const projected = project(net, last, weights.part('encoder.final_layer_norm'), weights.matrix('decoder.cross_kv'));
  const pieces = heads(net, projected, 2 * shape.num_decoder_layers); // k, v, k, v ...
  return Array.from({ length: shape.num_decoder_layers }, (_, block) => {
    const [keys, values] = pieces.slice(2 * block);
    return { keys, values, bias: padding };
  });
}

/**
 * int32 [B * L] -> [B * L, V]
 *
 * @param see makes of a block's own keys and values what it looks at
 */
export function decode(
  net: Net,
  ids: Value,
  crossing: readonly Seen[],
  see: (block: number, keys: Value, values: Value) => Seen,
): Value {
  let states = net.dropout(embed(net, ids));
  for (const [block, encoded] of crossing.entries()) {
    const layer = `decoder.block.${block}.layer`;
    const own = (keys: Value, values: Value) => see(block, keys, values);
    states = add(states, net.dropout(selfAttention(net, `${layer}.0`, states, own)));
    states = add(states, net.dropout(crossAttention(net, `${layer}.1`, states, encoded)));
    states = add(states, net.dropout(feedForward(net, `${layer}.2`, states)));
  }
  return head(net, net.dropout(normalize(states)));
}

/** [V, D] -> [B * L, D] */
const embed = ({ weights }: Net, ids: Value) => gather(weights.matrix('shared'), ids);

/** [B * L, D] -> [B * L, V] */
function head(net: Net, normed: Value): Value {
  const { tie_word_embeddings, d_model } = net.shape;
  const gain = net.weights.part('decoder.final_layer_norm');
  // the embeddings start at 1: as a head they are scaled down
  if (tie_word_embeddings) return project(net, normed, mul(gain, d_model ** -0.5), net.weights.matrix('shared'));
  return project(net, normed, gain, net.weights.matrix('lm_head'));
}

/** Summed over the targets that are not padding, nats. [B * L, V], int32 [B * L] -> [] */
export function totalLoss(logits: Value, targets: Value): Value {
  const counted = cast(notEqual(targets, PAD), 'float32');
  return sum(mul(sparseCrossEntropy(logits, targets), counted));
}
