import {
  add,
  cast,
  constant,
  maskChance,
  matMul,
  mean,
  mul,
  type Precision,
  randomMask,
  relu,
  rsqrt,
  split,
  square,
  tanh,
  type Value,
} from '../../graph/index.js';
import type { Shape } from '../../shape/index.js';
import type { Weights } from './weights.js';

// T5 (Raffel et al. 2020). Dimensions: B batch, L length (Lq queries, Lk keys), H heads, K d_kv, D d_model, F d_ff,
// V vocabulary. States are matrices of B * L rows, so that a linear layer is one product; weights are [out, in].

/** What the layers of one model share. */
export interface Net {
  readonly shape: Shape;
  readonly weights: Weights;
  /** B */
  readonly batch: number;
  readonly precision: Precision;
  /** The identity where nothing is dropped. */
  dropout(x: Value): Value;
}

const NORM_EPSILON = 1e-6;

/**
 * Drops a share of the values and scales up the rest, so that the mean stays. Every call draws its own numbers, which
 * follow from the seed and the count of calls before it.
 *
 * @param rate in [0, 1), to 2^-16
 * @param seed int32 [2]
 */
export function createDropout(rate: number, seed: Value): (x: Value) => Value {
  let site = 0;
  return x => {
    if (rate === 0) return x;
    const own = add(seed, constant(x.graph, Int32Array.of(site++, 0)));
    const stays = cast(randomMask(own, x.dims, 1 - rate), 'float32');
    return mul(x, mul(stays, 1 / maskChance(1 - rate)));
  };
}

/** [rows, in] x [out, in] -> [rows, out] */
export const linear = ({ precision }: Net, x: Value, weight: Value): Value =>
  matMul(x, weight, { transposeB: true, precision });

/** x over its root mean square: T5's norm takes off no mean and has no bias. The gain comes with `project`. */
export function normalize(x: Value): Value {
  const meanSquare = mean(square(x), [-1], { keepDims: true }); // [rows, D] -> [rows, 1]
  return mul(x, rsqrt(add(meanSquare, NORM_EPSILON)));
}

/**
 * A norm's gain and the linear layer behind it. The gain goes to whichever is smaller, states or weight.
 * [rows, D] x [out, D] -> [rows, out]
 */
export function project(net: Net, normed: Value, gain: Value, weight: Value): Value {
  const folds = weight.dims[0] < normed.dims[0];
  return folds ? linear(net, normed, mul(weight, gain)) : linear(net, mul(normed, gain), weight);
}

/** A feed-forward layer with its norm. [rows, D] -> [rows, D] */
export function feedForward(net: Net, layer: string, states: Value): Value {
  const dense = `${layer}.DenseReluDense`;
  const gain = net.weights.part(`${layer}.layer_norm`);
  const inner = project(net, normalize(states), gain, net.weights.matrix(`${dense}.wi`)); // -> [rows, F] or [rows, 2 F]
  return linear(net, net.dropout(activate(net.shape, inner)), net.weights.matrix(`${dense}.wo`));
}

function activate({ feed_forward_proj, d_ff }: Shape, inner: Value): Value {
  if (feed_forward_proj === 'relu') return relu(inner);
  const [gate, values] = split(inner, [d_ff, d_ff], 1);
  return mul(gelu(gate), values);
}

/** The tanh form, gelu_new in transformers. */
function gelu(x: Value): Value {
  const cubic = add(x, mul(mul(square(x), x), 0.044715));
  return mul(mul(x, 0.5), add(tanh(mul(cubic, Math.sqrt(2 / Math.PI))), 1));
}
