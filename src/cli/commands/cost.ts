import { extname } from 'node:path';
import { fail, format, mustBe } from '../../base/index.js';
import {
  type Attention,
  type Convention,
  checkCount,
  countDecode,
  countFlops,
  countParams,
  estimateDecodeMemory,
  estimateTrainMemory,
  type Optimizer,
  type Precision,
  type Workload,
} from '../../cost/index.js';
import { loadJson } from '../../runs/index.js';
import { parseConfig, parseShape, type Shape, shapeName } from '../../shape/index.js';
import { type TimeWire, timeWire } from '../cost-time.js';
import { timeDetails, timeTable } from '../cost-time-text.js';
import { parseNumber } from '../input.js';
import { type ChosenMachine, loadMachine, type MachineTexts } from '../machine.js';
import { formatTable, print, printJson } from '../table.js';

interface CostOptions extends MachineTexts {
  readonly shapes?: string;
  readonly batch: string;
  readonly encLen: string;
  readonly decLen: string;
  readonly decodeTokens?: string;
  readonly convention: string;
  readonly attention: string;
  readonly dropout: string;
  readonly precision: string;
  readonly optimizer: string;
  readonly recompute?: true;
  readonly steps?: string;
  readonly tokens?: string;
  readonly inferenceTokens?: string;
  readonly extrapolate?: true;
  readonly items?: true;
  readonly json?: true;
}

interface Entry extends Workload {
  readonly name: string;
  readonly shape: Shape;
}

/** One shape's costs, as on the wire. FLOPs and memory are of the whole batch. */
type CostWire = ReturnType<typeof costEntry> & Partial<TimeWire>;

export async function runCost(names: readonly string[], options: CostOptions): Promise<void> {
  const workload = {
    batch: parseNumber('--batch', options.batch),
    encLen: parseNumber('--enc-len', options.encLen),
    decLen: parseNumber('--dec-len', options.decLen),
  };
  const named = await Promise.all(names.map(name => loadNamed(name, workload)));
  const entries = [...named, ...(options.shapes !== undefined ? await loadShapes(options.shapes, workload) : [])];
  if (entries.length === 0) fail('cost needs at least one SHAPE, or --shapes FILE with one, got none');
  const machine = await loadMachine(options);
  if (!machine) refuseAlone(options);
  const costs: CostWire[] = entries.map(entry => ({
    ...costEntry(entry, options),
    ...(machine && timeWire(timeRequest(entry, options, machine))),
  }));
  if (options.json) printJson(costs);
  else printCosts(costs, options.items === true);
}

/** Options that say nothing without a machine, beside those of the machine itself. */
function refuseAlone({ steps, tokens, inferenceTokens, recompute, extrapolate }: CostOptions): void {
  const options = { steps, tokens, 'inference-tokens': inferenceTokens, recompute, extrapolate };
  for (const [option, given] of Object.entries(options))
    if (given !== undefined) fail(`--${option} must go with --device NAME or --calibration FILE, got neither`);
}

function printCosts(costs: readonly CostWire[], items: boolean): void {
  print(summaryTable(costs));
  const timed = costs.flatMap(({ time, ...cost }) => (time ? [{ ...cost, time }] : []));
  const detailed = items || costs.length === 1;
  if (timed.length > 1) print(`\n${timeTable(timed)}`);
  for (const cost of detailed ? costs : []) {
    print(`\n${itemsTable(cost)}`);
    const { time, money, energy } = cost;
    if (time) print(`\n${timeDetails({ time, money, energy })}`);
  }
  if (detailed) return;
  for (const note of new Set(timed.flatMap(({ time }) => time.notes))) print(`note: ${note}`);
}

function timeRequest({ shape, batch, encLen, decLen }: Entry, options: CostOptions, machine: ChosenMachine) {
  const number = (option: string, text: string | undefined) =>
    text === undefined ? undefined : parseNumber(option, text);
  return {
    shape,
    workload: { batch, encLen, decLen },
    generation: { batch, encLen, tokens: number('--decode-tokens', options.decodeTokens) ?? decLen },
    memory: parseMemoryTexts(options),
    recompute: options.recompute === true,
    extrapolate: options.extrapolate === true,
    machine,
    length: {
      steps: number('--steps', options.steps),
      tokens: number('--tokens', options.tokens),
      inferenceTokens: number('--inference-tokens', options.inferenceTokens),
    },
  };
}

function parseMemoryTexts(options: CostOptions) {
  return {
    attention: options.attention as Attention,
    dropout: parseNumber('--dropout', options.dropout),
    optimizer: options.optimizer as Optimizer,
    precision: options.precision as Precision,
  };
}

function costEntry({ name, shape, batch, encLen, decLen }: Entry, options: CostOptions) {
  const convention = options.convention as Convention;
  const workload = { batch, encLen, decLen };
  const tokens = options.decodeTokens === undefined ? decLen : parseNumber('--decode-tokens', options.decodeTokens);
  const generation = { batch, encLen, tokens };
  const params = countParams(shape);
  const flops = countFlops(shape, workload, convention);
  const memory = estimateTrainMemory(shape, workload, parseMemoryTexts(options));
  const decode = countDecode(shape, generation, convention);
  return {
    name,
    shape,
    batch,
    enc_len: encLen,
    dec_len: decLen,
    params: {
      total: params.total,
      non_embedding: params.nonEmbedding,
      encoder: params.encoder,
      decoder: params.decoder,
      items: params.items,
    },
    flops: {
      convention: flops.convention,
      forward: flops.forward,
      backward: flops.backward,
      train_step: flops.trainStep,
      items: flops.items,
    },
    memory: {
      weights_bytes: memory.items.weights,
      gradients_bytes: memory.items.gradients,
      optimizer_bytes: memory.items.optimizer,
      activations_bytes: memory.items.activations,
      total_bytes: memory.total,
      activation_items: memory.activations.items,
    },
    decode: {
      tokens,
      flops: decode.total,
      cache_bytes: estimateDecodeMemory(shape, generation, options.precision as Precision).items.cache,
      items: decode.items,
    },
  };
}

function summaryTable(costs: readonly CostWire[]): string {
  const columns = [
    'shape',
    'params',
    'non-emb.',
    'batch x in+out',
    'forward',
    'train step',
    'train memory',
    'decode',
    'cache',
  ];
  const rows = costs.map(({ name, batch, enc_len, dec_len, params, flops, memory, decode }) => [
    name,
    format.count(params.total),
    format.count(params.non_embedding),
    `${batch} x ${enc_len}+${dec_len}`,
    format.si(flops.forward, 'FLOP'),
    format.si(flops.train_step, 'FLOP'),
    format.bytes(memory.total_bytes),
    `${format.si(decode.flops, 'FLOP')} (${decode.tokens} tokens)`,
    format.bytes(decode.cache_bytes),
  ]);
  return formatTable(
    columns.map((title, i) => ({ title, align: i === 0 ? 'left' : 'right' })),
    rows,
  );
}

function itemsTable({ name, params, flops, memory }: CostWire): string {
  const { weights_bytes, gradients_bytes, optimizer_bytes, activation_items } = memory;
  const stored = { weights: weights_bytes, gradients: gradients_bytes, optimizer: optimizer_bytes };
  const saved = Object.entries(activation_items).map(([item, value]) => [`activations/${item}`, value] as const);
  const section = (title: string, items: Iterable<readonly [string, number]>, write: (value: number) => string) => {
    const shownItems = [...items].filter(([, value]) => value > 0);
    const total = shownItems.reduce((sum, [, value]) => sum + value, 0);
    const line = ([item, value]: readonly [string, number]) => [
      `  ${item}`,
      write(value),
      format.percent(value / total),
    ];
    return [[title, write(total), ''], ...shownItems.map(line)];
  };
  const exact = (value: number) => value.toLocaleString('en-US').replaceAll(',', ' ');
  const rows = [
    ...section('parameters', Object.entries(params.items), exact),
    ...section(`forward FLOPs (${flops.convention})`, Object.entries(flops.items), exact),
    ...section('training memory', [...Object.entries(stored), ...saved], format.bytes),
  ];
  return formatTable([{ title: name, align: 'left' }, { title: 'amount' }, { title: 'share' }], rows);
}

async function loadNamed(name: string, workload: Workload): Promise<Entry> {
  if (extname(name).toLowerCase() !== '.json') return { name, shape: parseShape(name), ...workload };
  return parseEntry(await loadJson(name), name, workload);
}

async function loadShapes(file: string, workload: Workload): Promise<Entry[]> {
  const configs = await loadJson(file);
  if (!Array.isArray(configs)) fail(mustBe(file, 'a JSON array of T5 configs', typeof configs));
  return configs.map((config, i) => parseEntry(config, `${file}, entry ${i + 1}`, workload));
}

/** A T5 config that may carry its own name, batch, enc_len and dec_len. */
function parseEntry(config: unknown, where: string, workload: Workload): Entry {
  const shape = parseConfig(config, where, ['name', 'batch', 'enc_len', 'dec_len']);
  const { name = shapeName(shape), ...own } = config as Record<string, unknown>;
  if (typeof name !== 'string') fail(mustBe(`${where}: name`, 'a text', name));
  const number = (key: string, otherwise: number) => {
    const value = own[key] ?? otherwise;
    return typeof value === 'number'
      ? checkCount(`${where}: ${key}`, value)
      : fail(mustBe(`${where}: ${key}`, 'a whole number', value));
  };
  return {
    name,
    shape,
    batch: number('batch', workload.batch),
    encLen: number('enc_len', workload.encLen),
    decLen: number('dec_len', workload.decLen),
  };
}
