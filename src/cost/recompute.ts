import type { Shape } from '../shape/index.js';
import { ACTIVATION_ITEMS, fillActivations } from './activations.js';
import { sum } from './ledger.js';
import type { MemoryOptions } from './memory.js';
import type { Workload } from './workload.js';

/** Room for the items of `recomputedActivations`, to be used again and again. */
export const createActivationItems = () => new Float64Array(ACTIVATION_ITEMS.length);

/**
 * Bytes kept for the backward pass when each layer is run again in it: the input of every layer, and the largest layer
 * whole with what lies outside the layers. Activations grow by the same bytes with every layer, so three counts give both.
 */
export function recomputedActivations(
  { ...shape }: Shape,
  workload: Workload,
  { options, items = createActivationItems() }: { options: Required<MemoryOptions>; items?: Float64Array },
): number {
  const scaled: { -readonly [Field in keyof Shape]: Shape[Field] } = shape;
  const saved = (encoder: number, decoder: number) => {
    scaled.num_layers = encoder;
    scaled.num_decoder_layers = decoder;
    fillActivations(scaled, workload, options, items);
    return sum(items);
  };
  const { batch, encLen, decLen } = workload;
  const inputs = batch * shape.d_model * (shape.num_layers * encLen + shape.num_decoder_layers * decLen);
  const least = saved(1, 1);
  const encoderLayer = saved(2, 1) - least;
  const decoderLayer = saved(1, 2) - least;
  const outside = least - encoderLayer - decoderLayer;
  return (options.precision === 'fp32' ? 4 : 2) * inputs + Math.max(encoderLayer, decoderLayer) + outside;
}
