import { fail } from '../../base/index.js';
import type { Device, NumberFormat } from '../devices.js';
import type { Precision } from '../memory.js';

/** What seconds of a step are spent on; the total is their sum. */
export const TIME_ITEMS = [
  'matmul',
  'elementwise',
  'overhead',
  'optimizer',
  'all_reduce',
  'tensor_parallel',
  'bubble',
] as const;
export type TimeItem = (typeof TIME_ITEMS)[number];

/** How fast a machine really is: few numbers, from a datasheet and published steps, or measured. */
export interface Rates {
  /** FLOP/s of the datasheet, or of the fastest product that was measured; what `mfu` is a share of. */
  readonly peak: number;
  /** Share of the peak that large products reach, in (0, 1]. */
  readonly reach: number;
  /**
   * Efficiency of [m, k] x [k, n] is reach / (1 + half / m + half / n + half / k): it saturates in every size, and a size
   * of `half` with two large ones costs half of it.
   */
  readonly half: number;
  /** Bytes a second of memory. */
  readonly bandwidth: number;
  /** Times that each saved activation passes through memory in a step. */
  readonly moves: number;
  /** Seconds that a kernel takes beside its work. */
  readonly launch: number;
  /** Bytes a second that one device sends, within a node and between nodes. */
  readonly links: Device['links'];
  /** Share of the gradients' exchange that hides behind the backward pass, in [0, 1]. */
  readonly overlap: number;
  /** What measured steps multiply an item by. */
  readonly scale: Readonly<Partial<Record<TimeItem, number>>>;
  /** Factor of the range: nine in ten published or held-out steps lie between seconds / spread and seconds * spread. */
  readonly spread: number;
}

/** Rates that were measured, under a name. */
export interface RatedMachine {
  readonly name: string;
  readonly rates: Rates;
}

/**
 * Constants of devices in the table. `half`, `moves`, `overlap` and the `reach` of a device are fitted to 128 training steps
 * of GPTs of 0.1 to 65 billion parameters on 8 to 128 GPUs (datasets/gpu-steps-2023; bench/time.ts says how well, and how
 * well they do on steps that they have not seen). Where no step is published for a device, `reach` is that of the A100.
 */
const FITTED = { half: 27, moves: 4.8, overlap: 0.89 } as const;
const REACH: Readonly<Record<string, number>> = { 'a100-40gb': 0.73, 'a100-80gb': 0.73, h100: 0.56, h200: 0.56 };
const OTHER_REACH = 0.73;

/**
 * Seconds. Of a GPU that frameworks call kernel by kernel: 3 to 5 microseconds, recalled. A TPU runs a step as one program
 * of fused kernels: chosen by Narang's depth sweep (datasets/narang-2021), whose 24 layers are 5 % slower than its 12.
 */
const LAUNCH = { gpu: 4e-6, tpu: 1e-6 } as const;

/** Factors between which nine in ten steps lie: of devices with published steps, and of others. */
const SPREAD = { fitted: 1.4, other: 1.6 } as const;

/** Formats that training in a precision multiplies in, the first that the device has. TPUs multiply fp32 in bf16. */
const FORMATS: Readonly<Record<Precision, readonly NumberFormat[]>> = {
  bf16: ['bf16', 'fp16', 'tf32', 'fp32'],
  fp32: ['tf32', 'fp32', 'bf16'],
};

/** The format that training multiplies in on a device, and its peak in dense FLOP/s. */
export function peakOf({ name, peak }: Device, precision: Precision): { format: NumberFormat; flops: number } {
  const format = FORMATS[precision].find(known => peak[known] !== undefined);
  return format === undefined
    ? fail(`${name} must multiply in ${FORMATS[precision].join(', ')}, got ${Object.keys(peak).join(', ')}`)
    : { format, flops: peak[format]! };
}

/** Whether steps that others measured on this device decide its rates. */
export const hasPublishedSteps = ({ name }: Device): boolean => Object.hasOwn(REACH, name);

/** What a device is taken to reach; measured rates are given back as they are. */
export function ratesOf(device: Device | RatedMachine, precision: Precision): Rates {
  if ('rates' in device) return device.rates;
  const { bandwidth, links } = device;
  const fitted = hasPublishedSteps(device);
  return {
    ...FITTED,
    launch: device.name.startsWith('tpu') ? LAUNCH.tpu : LAUNCH.gpu,
    peak: peakOf(device, precision).flops,
    reach: fitted ? REACH[device.name] : OTHER_REACH,
    bandwidth,
    links,
    scale: {},
    spread: fitted ? SPREAD.fitted : SPREAD.other,
  };
}
