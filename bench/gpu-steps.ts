import {
  countDevices,
  estimateGenerationTime,
  estimateStepTime,
  fillTimes,
  findDevice,
  type Layout,
  parseLayout,
  type Rates,
  ratesOf,
  type StepWork,
  TIME_ITEMS,
} from '../src/cost/index.js';
import { loadDataset } from '../src/runs/index.js';
import type { Shape } from '../src/shape/index.js';

// Steps that others measured (datasets/gpu-steps-2023), beside what the step-time model says of the same work. A GPT is no
// T5: this writes down its work, and the model's own rates and formulas do the rest.

/** A GPT with tied embeddings, learned positions and biases; sizes as in StepWork, one micro-batch on one device. */
interface Gpt {
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly length: number;
  readonly vocabulary: number;
  readonly sequences: number;
  /** Attention in one kernel. */
  readonly fused: boolean;
}

/** Of a layer with a token: Korthikanti et al. 2022 (arXiv 2205.05198), equation 1, in bytes of 16-bit training. */
const SAVED = 34;
const SAVED_WEIGHTS = 5;
/** Attention weights and logits count three times, as in the model. */
const SOFTMAX = 3;

export function gptWork(gpt: Gpt, { tensor, pipeline, data, sharding }: Layout): StepWork {
  const { width, layers, heads, length, vocabulary, sequences, fused } = gpt;
  const tokens = sequences * length;
  const row = (m: number, n: number, k: number, calls: number, together = 1, inside = false) => [
    m,
    n,
    k,
    together,
    calls,
    inside ? 1 : 0,
  ];
  const products = [
    row(tokens, (3 * width) / tensor, width, layers),
    row(length, length, width / heads, layers, (sequences * heads) / tensor, fused),
    row(length, width / heads, length, layers, (sequences * heads) / tensor, fused),
    row(tokens, width, width / tensor, layers),
    row(tokens, (4 * width) / tensor, width, layers),
    row(tokens, width, (4 * width) / tensor, layers),
    row(tokens, vocabulary / tensor, width, 1),
  ];
  const weights = fused ? 0 : (SAVED_WEIGHTS + (SOFTMAX - 1) * 2) * sequences * heads * length ** 2;
  const params = countGptParams(gpt) / tensor / pipeline;
  return {
    products: Float64Array.from(products.flat()),
    numberBytes: 2,
    savedBytes: (layers * (SAVED * tokens * width + weights) + SOFTMAX * 4 * tokens * vocabulary) / tensor,
    kernels: 92 * layers + 116,
    optimizerBytes: (34 * params) / (sharding === 'none' ? 1 : data),
    gradientBytes: 2 * params,
    tensorBytes: 2 * 2 * width * 2 * layers * tokens,
  };
}

export const countGptParams = ({ width, layers, vocabulary, length }: Gpt): number =>
  layers * (12 * width ** 2 + 13 * width) + 2 * width + (vocabulary + length) * width;

export interface MeasuredStep {
  readonly name: string;
  readonly device: string;
  /** Seconds. */
  readonly measured: number;
  readonly predicted: number;
  /** Seconds that the model's FLOPs take at the peak: a share of the peak as the whole model divides these. */
  readonly atPeak: number;
}

function timeGpt(gpt: Gpt, { layout, rates, recompute }: { layout: Layout; rates: Rates; recompute: boolean }): number {
  const items = new Float64Array(TIME_ITEMS.length);
  fillTimes(gptWork(gpt, layout), { rates, layout, recompute }, items);
  return items.reduce((sum, value) => sum + value, 0);
}

/** FLOPs of a step of so many tokens, as the source of the table counts them. */
const gptFlops = (gpt: Gpt, tokens: number) =>
  tokens * (6 * countGptParams(gpt) + 12 * gpt.layers * gpt.width * gpt.length);

type Cell = (name: string) => number;

/** What `read` makes of every row of a table: numbers by name, and text. */
async function mapRows<Result>(
  resource: string,
  read: (at: Cell, text: (name: string) => string) => Result,
): Promise<Result[]> {
  const { rows, columns } = await loadDataset('gpu-steps-2023', { resource });
  return Array.from({ length: rows }, (_, row) =>
    read(
      name => Number(columns[name][row]),
      name => String(columns[name][row]),
    ),
  );
}

/** GPTs on A100 and H100 whose weights are sharded: the constants of rates.ts are fitted to these. */
export const mptSteps = (): Promise<MeasuredStep[]> =>
  mapRows('mpt', (at, text) => {
    const device = text('device');
    const gpt = { ...readGpt(at), length: at('seq_len'), vocabulary: 50368, sequences: at('micro_batch'), fused: true };
    const layout = parseLayout({ data: at('devices'), microBatches: at('accumulate'), sharding: 'full' });
    const rates = ratesOf(findDevice(device), 'bf16');
    const tokens = gpt.length * gpt.sequences * at('accumulate'); // of one device
    return {
      name: `${text('model')}, ${gpt.length} tokens, ${at('devices')} ${device}`,
      device,
      measured: (tokens * at('devices')) / at('tokens_per_s'),
      predicted: timeGpt(gpt, { layout, rates, recompute: text('recompute') === 'True' }),
      atPeak: gptFlops(gpt, tokens) / rates.peak,
    };
  });

const readGpt = (at: Cell) => ({ width: at('d_model'), layers: at('num_layers'), heads: at('num_heads') });

/** GPTs over tensor- and pipeline-parallel A100, one sequence a micro-batch; no constant has seen them. */
export const megatronSteps = (): Promise<MeasuredStep[]> =>
  mapRows('megatron', at => {
    const gpt = { ...readGpt(at), length: 2048, vocabulary: 51200, sequences: 1, fused: false };
    const [tensor, pipeline, devices, batch] = ['tensor', 'pipeline', 'devices', 'batch'].map(at);
    const data = devices / tensor / pipeline;
    const layout = parseLayout({ data, tensor, pipeline, microBatches: Math.round(batch / data) });
    const rates = ratesOf(findDevice('a100-80gb'), 'bf16');
    const { width, layers, length, vocabulary } = gpt;
    // equation 3 of the paper: recomputation counted
    const flops =
      96 * batch * length * layers * width ** 2 * (1 + length / (6 * width) + vocabulary / (16 * layers * width));
    return {
      name: `GPT of ${at('billion_params')}B, ${devices} a100-80gb`,
      device: 'a100-80gb',
      measured: flops / (at('tflops_per_device') * 1e12 * devices),
      predicted: timeGpt(gpt, { layout, rates, recompute: true }),
      atPeak: gptFlops(gpt, batch * length) / devices / rates.peak,
    };
  });

const readT5 = (at: Cell): Shape => ({
  num_layers: at('num_layers'),
  num_decoder_layers: at('num_layers'),
  d_model: at('d_model'),
  d_ff: at('d_ff'),
  d_kv: 64,
  num_heads: at('num_heads'),
  vocab_size: at('vocab_size'),
  feed_forward_proj: 'gated-gelu',
  tie_word_embeddings: true,
});

/** Encoder-decoder models on A100; no constant has seen them. */
export const t5Steps = (): Promise<MeasuredStep[]> =>
  mapRows('t5', (at, text) => {
    const device = findDevice('a100-80gb');
    const layout = parseLayout({ data: at('devices') / at('tensor'), tensor: at('tensor') });
    const workload = { batch: at('batch'), encLen: 512, decLen: 128 };
    const { seconds, mfu } = estimateStepTime(readT5(at), workload, {
      device,
      layout,
      precision: 'bf16',
      dropout: 0.1,
    });
    return {
      name: `${text('model')}, ${countDevices(layout)} a100-80gb`,
      device: device.name,
      measured: (workload.batch * workload.encLen) / at('tokens_per_s'),
      predicted: seconds,
      atPeak: mfu * seconds,
    };
  });

/** One answer of 20 tokens to 60; no constant has seen these. */
export const t5Generations = (): Promise<MeasuredStep[]> =>
  mapRows('t5-generation', (at, text) => {
    const { seconds } = estimateGenerationTime(
      readT5(at),
      { batch: 1, encLen: 60, tokens: 20 },
      { device: findDevice('a100-80gb'), precision: 'bf16', layout: { tensor: at('tensor') } },
    );
    return {
      name: `${text('model')}, ${at('tensor')} a100-80gb`,
      device: 'a100-80gb',
      measured: at('milliseconds') / 1000,
      predicted: seconds,
      atPeak: Number.NaN,
    };
  });
