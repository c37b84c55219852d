import { fail, mustBe, unknownName } from '../base/index.js';

/** Number formats a matrix unit multiplies in. */
export const NUMBER_FORMATS = ['fp32', 'tf32', 'bf16', 'fp16', 'fp8', 'int8'] as const;
export type NumberFormat = (typeof NUMBER_FORMATS)[number];

/** Where a figure comes from. Recalled figures are shown as such wherever they decide a number. */
export interface Origin {
  readonly source: string;
  /** ISO 8601, as exactly as it is known. */
  readonly date: string;
  readonly status: 'published' | 'measured' | 'recalled';
}

/** Figures of a device that carry an origin of their own. */
export type DeviceFigure = 'peak' | 'memoryBytes' | 'bandwidth' | 'links' | 'watts' | 'usdPerHour';

/** One accelerator as it is rented and programmed: a GPU package, a TPU chip. */
export interface Device {
  readonly name: string;
  /** Dense FLOP/s of the matrix units. Vendors print twice as much for sparse products. */
  readonly peak: Readonly<Partial<Record<NumberFormat, number>>>;
  readonly memoryBytes: number;
  /** Of its memory, bytes a second. */
  readonly bandwidth: number;
  /** Bytes a second that one device sends: to its neighbours in the node or pod, and to other nodes. */
  readonly links: { readonly intra?: number; readonly inter?: number };
  /** At full load, of the device alone. */
  readonly watts: number;
  /** While it waits, of the device alone. */
  readonly idleWatts?: number;
  /** List price on demand. */
  readonly usdPerHour?: number;
  readonly origins: Readonly<Partial<Record<DeviceFigure, Origin>>>;
}

const GB = 1e9;
const GIB = 2 ** 30;
const TFLOPS = 1e12;

const published = (source: string, date: string): Origin => ({ source, date, status: 'published' });
const recalled = (source: string, date: string): Origin => ({ source, date, status: 'recalled' });

const tpuPage = (version: string, date: string) => published(`Google Cloud documentation, TPU ${version}`, date);
const TPU_PRICE = recalled('Google Cloud, TPU pricing, on demand, us', '2024');
const TPU_LINKS = recalled('Jouppi et al. 2023, arXiv 2304.01433, table 4', '2023');
const AWS_PRICE = recalled('AWS, EC2 on demand, us-east-1, 1/8 of an instance of 8', '2023');

// one chip, two sizes of memory
const AMPERE = {
  fp32: 19.5 * TFLOPS,
  tf32: 156 * TFLOPS,
  bf16: 312 * TFLOPS,
  fp16: 312 * TFLOPS,
  int8: 624 * TFLOPS,
} as const;
const HOPPER = {
  fp32: 66.9 * TFLOPS,
  tf32: 494.7 * TFLOPS,
  bf16: 989.4 * TFLOPS,
  fp16: 989.4 * TFLOPS,
  fp8: 1978.9 * TFLOPS,
  int8: 1978.9 * TFLOPS,
} as const;

/** The table. Links: half of the printed two-way figure. */
export const DEVICES: readonly Device[] = [
  {
    name: 'tpu-v3',
    peak: { bf16: 123 * TFLOPS },
    memoryBytes: 32 * GIB,
    bandwidth: 900 * GB,
    links: { intra: 4 * 70 * GB },
    watts: 262,
    idleWatts: 123,
    usdPerHour: 2,
    origins: origins(tpuPage('v3', '2025'), TPU_PRICE, TPU_LINKS),
  },
  {
    name: 'tpu-v4',
    peak: { bf16: 275 * TFLOPS, int8: 275 * TFLOPS },
    memoryBytes: 32 * GIB,
    bandwidth: 1200 * GB,
    links: { intra: 6 * 50 * GB },
    watts: 192,
    idleWatts: 90,
    usdPerHour: 3.22,
    origins: origins(tpuPage('v4', '2025'), TPU_PRICE, TPU_LINKS),
  },
  {
    name: 'tpu-v5e',
    peak: { bf16: 197 * TFLOPS, int8: 393 * TFLOPS },
    memoryBytes: 16 * GB,
    bandwidth: 819 * GB,
    links: { intra: 200 * GB },
    watts: 220,
    usdPerHour: 1.2,
    origins: { ...origins(tpuPage('v5e', '2025'), TPU_PRICE), watts: recalled('estimate, Google prints none', '2024') },
  },
  {
    name: 'tpu-v5p',
    peak: { bf16: 459 * TFLOPS, int8: 918 * TFLOPS },
    memoryBytes: 95 * GB,
    bandwidth: 2765 * GB,
    links: { intra: 300 * GB },
    watts: 500,
    usdPerHour: 4.2,
    origins: { ...origins(tpuPage('v5p', '2025'), TPU_PRICE), watts: recalled('estimate, Google prints none', '2024') },
  },
  {
    name: 'v100-32gb',
    peak: { fp32: 15.7 * TFLOPS, fp16: 125 * TFLOPS },
    memoryBytes: 32 * GB,
    bandwidth: 900 * GB,
    links: { intra: 150 * GB, inter: 12.5 * GB },
    watts: 300,
    usdPerHour: 3.06,
    origins: origins(published('NVIDIA V100 datasheet, SXM2', '2020'), AWS_PRICE),
  },
  {
    name: 'a100-40gb',
    peak: AMPERE,
    memoryBytes: 40 * GB,
    bandwidth: 1555 * GB,
    links: { intra: 300 * GB, inter: 25 * GB },
    watts: 400,
    usdPerHour: 4.1,
    origins: origins(published('NVIDIA A100 datasheet, SXM4', '2021'), AWS_PRICE),
  },
  {
    name: 'a100-80gb',
    peak: AMPERE,
    memoryBytes: 80 * GB,
    bandwidth: 2039 * GB,
    links: { intra: 300 * GB, inter: 25 * GB },
    watts: 400,
    usdPerHour: 5.12,
    origins: origins(published('NVIDIA A100 datasheet, SXM4', '2021'), AWS_PRICE),
  },
  {
    name: 'h100',
    peak: HOPPER,
    memoryBytes: 80 * GB,
    bandwidth: 3350 * GB,
    links: { intra: 450 * GB, inter: 50 * GB },
    watts: 700,
    usdPerHour: 98.32 / 8,
    origins: {
      ...origins(published('NVIDIA H100 datasheet, SXM5; sparse figures halved', '2023'), AWS_PRICE),
      usdPerHour: published('AWS, p5.48xlarge on demand, us-east-1, 1/8 of 98.32', '2023-07'),
    },
  },
  {
    name: 'h200',
    peak: HOPPER,
    memoryBytes: 141 * GB,
    bandwidth: 4800 * GB,
    links: { intra: 450 * GB, inter: 50 * GB },
    watts: 700,
    usdPerHour: 10.6,
    origins: origins(published('NVIDIA H200 datasheet, SXM; sparse figures halved', '2024'), AWS_PRICE),
  },
  {
    name: 'mi250x',
    peak: { fp32: 95.7 * TFLOPS, bf16: 383 * TFLOPS, fp16: 383 * TFLOPS, int8: 383 * TFLOPS },
    memoryBytes: 128 * GIB,
    bandwidth: 3277 * GB,
    links: { intra: 100 * GB, inter: 25 * GB },
    watts: 560,
    origins: origins(published('AMD Instinct MI250X datasheet', '2021')),
  },
];

function origins(sheet: Origin, price?: Origin, links: Origin = recalled('vendor, two-way figure halved', '2024')) {
  return {
    peak: sheet,
    memoryBytes: sheet,
    bandwidth: sheet,
    watts: sheet,
    links,
    ...(price && { usdPerHour: price }),
  };
}

/** A device of the table, or of `more`, by its name. @example findDevice('h100').watts // => 700 */
export function findDevice(name: string, more: readonly Device[] = []): Device {
  const known = [...more, ...DEVICES];
  return (
    known.find(device => device.name === name) ??
    fail(
      unknownName(
        'device',
        name,
        known.map(device => device.name),
      ),
    )
  );
}

/** Fields of a device of the user's own, with their units in the name. */
const FIELDS = [
  'name',
  'peak_tflops',
  'memory_gb',
  'bandwidth_gb_per_s',
  'link_gb_per_s',
  'network_gb_per_s',
  'watts',
  'idle_watts',
  'usd_per_hour',
  'source',
  'date',
] as const;

/**
 * Devices of the user's own, from a YAML or JSON list.
 *
 * @example parseDevices([{ name: 'mine', peak_tflops: { bf16: 100 }, memory_gb: 24, bandwidth_gb_per_s: 600, watts: 250 }], 'my.yaml')
 */
export function parseDevices(value: unknown, where: string): Device[] {
  if (!Array.isArray(value)) return fail(mustBe(where, 'a list of devices', value));
  const devices = value.map((entry, i) => parseDevice(entry, `${where}, device ${i + 1}`));
  const twice = devices.find(({ name }, i) => devices.findIndex(other => other.name === name) !== i);
  return twice ? fail(`${where} must name each device once, got ${twice.name} again`) : devices;
}

function parseDevice(value: unknown, where: string): Device {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return fail(mustBe(where, 'a mapping', value));
  const entry = value as Record<string, unknown>;
  for (const field of Object.keys(entry))
    if (!FIELDS.includes(field as (typeof FIELDS)[number])) fail(`${where}: ${unknownName('field', field, FIELDS)}`);
  const number = (field: string, given = entry[field]): number =>
    typeof given === 'number' && given > 0 && given < Infinity
      ? given
      : fail(mustBe(`${where}: ${field}`, 'a positive number', given));
  const optional = (field: string) => (entry[field] === undefined ? undefined : number(field));
  if (typeof entry.name !== 'string' || !/^[a-z0-9][a-z0-9.-]*$/.test(entry.name))
    return fail(mustBe(`${where}: name`, 'lower-case letters, digits, dots and dashes', entry.name));
  const [intra, inter, idle, price] = ['link_gb_per_s', 'network_gb_per_s', 'idle_watts', 'usd_per_hour'].map(optional);
  const origin: Origin = {
    source: String(entry.source ?? where),
    date: String(entry.date ?? 'undated'),
    status: 'published',
  };
  return {
    name: entry.name,
    peak: parsePeak(entry.peak_tflops, `${where}: peak_tflops`, number),
    memoryBytes: number('memory_gb') * GB,
    bandwidth: number('bandwidth_gb_per_s') * GB,
    links: { ...(intra && { intra: intra * GB }), ...(inter && { inter: inter * GB }) },
    watts: number('watts'),
    ...(idle && { idleWatts: idle }),
    ...(price && { usdPerHour: price }),
    origins: origins(origin, price === undefined ? undefined : origin, origin),
  };
}

function parsePeak(value: unknown, where: string, number: (field: string, value: unknown) => number): Device['peak'] {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  if (entries.length === 0) fail(mustBe(where, `a mapping of ${NUMBER_FORMATS.join(', ')} to TFLOP/s`, value));
  return Object.fromEntries(
    entries.map(([format, peak]) => {
      if (!NUMBER_FORMATS.includes(format as NumberFormat))
        fail(`${where}: ${unknownName('number format', format, NUMBER_FORMATS)}`);
      return [format, number(`peak_tflops.${format}`, peak) * TFLOPS];
    }),
  );
}
