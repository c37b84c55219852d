import { fail, mustBe } from '../base/index.js';
import type { Device, PriceOptions, RatedMachine, ShapeColumns, Workload } from '../cost/index.js';

/** What there is to spend. Time is that of all devices together unless said. */
export type Budget =
  | { readonly flops: number }
  | { readonly deviceHours: number }
  | { readonly usd: number }
  /** All devices of the machine for so many days. */
  | { readonly days: number };

/** Where it is spent: needed for budgets of time or money, for limits on speed, and to say what a plan costs. */
export interface Machine extends PriceOptions {
  readonly device: Device;
  /** Devices that train together. */
  readonly devices: number;
  /** Measured rates, e.g. a calibration's: they decide the time before those of the device. */
  readonly timed?: RatedMachine;
  /** Take a step's FLOPs over this share of the peak, in (0, 1], instead of timing its parts. */
  readonly mfu?: number;
  /** A time model of the caller's own: seconds of a training step of each shape. */
  readonly secondsPerStep?: (shapes: ShapeColumns, workload: Workload) => Float64Array;
}

const HOUR = 3600;
const DAY = 24 * HOUR;

/** The unit a budget is counted in inside: FLOPs, or seconds of one device. */
export interface Purse {
  readonly unit: 'flops' | 'deviceSeconds';
  readonly amount: number;
}

export function parseBudget(budget: Budget, machine: Machine | undefined): Purse {
  for (const [name, value] of Object.entries(budget))
    if (!(value > 0 && value < Infinity)) fail(mustBe(`budget: ${name}`, 'a positive number', value));
  if ('flops' in budget) return { unit: 'flops', amount: budget.flops };
  if (machine === undefined) return fail('a budget of time or money needs a device, got none');
  return { unit: 'deviceSeconds', amount: secondsOf(budget, machine) };
}

function secondsOf(budget: Exclude<Budget, { flops: number }>, machine: Machine): number {
  if ('deviceHours' in budget) return budget.deviceHours * HOUR;
  if ('days' in budget) return budget.days * DAY * machine.devices;
  const price =
    priceOf(machine) ?? fail(`a budget in dollars needs a price an hour for ${machine.device.name}, got none`);
  if (!(price > 0)) fail(mustBe('price an hour', 'above 0 for a budget in dollars', price));
  return (budget.usd / price) * HOUR;
}

/** The same kind of budget, so many times as large. */
export function scaleBudget(budget: Budget, times: number): Budget {
  return Object.fromEntries(Object.entries(budget).map(([name, value]) => [name, value * times])) as unknown as Budget;
}

/** Dollars an hour of one device; undefined where none is known. */
export const priceOf = ({ usdPerHour, device }: Machine): number | undefined => usdPerHour ?? device.usdPerHour;

export function checkMachine({ devices, mfu = 1 }: Machine): void {
  if (!(Number.isInteger(devices) && devices >= 1)) fail(mustBe('devices', 'a whole number from 1 and up', devices));
  if (!(mfu > 0 && mfu <= 1)) fail(mustBe('mfu', 'a number in (0, 1]', mfu));
}
