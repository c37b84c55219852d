import { checkShape, preset, type Shape } from '../../shape/index.js';
import { checkColumns, type ShapeColumns } from '../bulk.js';
import { parseLayout } from '../layout.js';
import { sum } from '../ledger.js';
import { parseMemoryOptions } from '../memory.js';
import { checkWorkload, type Workload } from '../workload.js';
import { ratesOf, TIME_ITEMS } from './rates.js';
import { checkLayout, checkLinks, fillTimes, type TimeOptions } from './step.js';
import { createWork, createWorkFiller } from './work.js';

export interface BulkTimeOptions extends TimeOptions {
  readonly feed_forward_proj?: Shape['feed_forward_proj'];
  readonly tie_word_embeddings?: boolean;
}

/**
 * Seconds of a training step of many shapes: estimateStepTime row by row, a million shapes in about half a second.
 *
 * @param workload `batch` is the sequences of the whole step, over all copies of the model
 */
export function estimateStepTimes(columns: ShapeColumns, workload: Workload, options: BulkTimeOptions): Float64Array {
  const { device, layout: asked, recompute = false, feed_forward_proj, tie_word_embeddings, ...memory } = options;
  const layout = checkLayout(parseLayout(asked), checkWorkload(workload));
  const rates = ratesOf(device, parseMemoryOptions(memory).precision);
  checkLinks(rates, layout, device.name);
  const rows = checkColumns(columns);
  const fill = createWorkFiller(workload, layout, memory);
  const own = { ...preset('base'), ...(feed_forward_proj && { feed_forward_proj }) };
  const shape = { ...checkShape({ ...own, tie_word_embeddings: tie_word_embeddings ?? true }) };
  const running = { rates, layout, recompute };
  const work = createWork();
  const items = new Float64Array(TIME_ITEMS.length);
  const seconds = new Float64Array(rows);
  const write: { -readonly [Field in keyof Shape]: Shape[Field] } = shape;
  for (let row = 0; row < rows; row++) {
    // one shape, overwritten: a million objects would cost more than the counting
    write.num_layers = columns.num_layers[row];
    write.num_decoder_layers = columns.num_decoder_layers[row];
    write.d_model = columns.d_model[row];
    write.d_ff = columns.d_ff[row];
    write.d_kv = columns.d_kv[row];
    write.num_heads = columns.num_heads[row];
    write.vocab_size = columns.vocab_size[row];
    fill(shape, work);
    fillTimes(work, running, items);
    seconds[row] = sum(items);
  }
  return seconds;
}
