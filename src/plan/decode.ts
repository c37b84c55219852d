import type { ShapeColumns } from '../cost/index.js';
import type { Inference } from './constraints.js';

/**
 * FLOPs that one generated token takes with each shape: `countDecode` of one request over its tokens, for many shapes at
 * once (ReLU; two FLOPs a multiply-add).
 */
export function decodeFlops(shapes: ShapeColumns, { encLen: S, decLen: n }: Omit<Inference, 'tokens'>): Float64Array {
  const pastKeys = (n * (n + 1)) / 2; // token t looks at t + 1 keys
  const out = new Float64Array(shapes.d_model.length);
  for (let row = 0; row < out.length; row++) {
    const d = shapes.d_model[row];
    const inner = shapes.num_heads[row] * shapes.d_kv[row];
    const mlp = 2 * d * shapes.d_ff[row];
    const encoder = S * (4 * d * inner + 2 * S * inner + mlp);
    const crossKeys = S * 2 * d * inner;
    const own = n * 4 * d * inner + pastKeys * 2 * inner;
    const cross = n * (2 * d * inner + 2 * S * inner);
    const decoder = crossKeys + own + cross + n * mlp;
    const head = n * d * shapes.vocab_size[row];
    out[row] = (2 * (shapes.num_layers[row] * encoder + shapes.num_decoder_layers[row] * decoder + head)) / n;
  }
  return out;
}
