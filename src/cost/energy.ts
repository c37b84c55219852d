import { fail, outsideRange } from '../base/index.js';
import type { Device } from './devices.js';

export interface EnergyOptions {
  /** Share of the time in which the devices wait, in [0, 1]; default 0. */
  readonly idleShare?: number;
  /** Energy of the data centre over that of its computers, from 1; default 1.56. */
  readonly pue?: number;
  /** Watts of the rest of the computer, for each device: processors, memory, fans. Default 0.25 of the device's watts. */
  readonly hostWatts?: number;
}

/** Average of data centres. Source: Uptime Institute, Global Data Center Survey 2024: 1.56. Recalled. */
export const AVERAGE_PUE = 1.56;

/** Device that waits, over device at full load, where its idle power is not known: A100, about 50 to 60 of 400 W. Recalled. */
const IDLE_RATIO = 0.15;

/** Rest of the computer over its devices: DGX A100, 6.5 kW with 8 x 400 W, has at most 1.03; 0.25 is typical. Recalled. */
const HOST_RATIO = 0.25;

/** Energy in kWh, by who draws it; the total is the sum. */
export interface Energy {
  readonly items: { readonly devices: number; readonly idle: number; readonly host: number; readonly facility: number };
  readonly total: number;
}

/**
 * Energy that device-hours draw from the grid: busy and waiting devices, the computers around them, and what cooling and
 * power supply add (PUE).
 *
 * An upper estimate where devices run below their rated power, as they do when memory or links are the limit.
 */
export function estimateEnergy(deviceHours: number, device: Device, options: EnergyOptions = {}): Energy {
  const { idleShare = 0, pue = AVERAGE_PUE, hostWatts = HOST_RATIO * device.watts } = options;
  if (!(deviceHours >= 0 && deviceHours < Infinity)) fail(outsideRange('device-hours', '[0, Infinity)', deviceHours));
  if (!(idleShare >= 0 && idleShare <= 1)) fail(outsideRange('idle share', '[0, 1]', idleShare));
  if (!(pue >= 1 && pue <= 10)) fail(outsideRange('PUE', '[1, 10]', pue));
  if (!(hostWatts >= 0 && hostWatts < Infinity)) fail(outsideRange('host watts', '[0, Infinity)', hostWatts));
  const { watts, idleWatts = IDLE_RATIO * watts } = device;
  const devices = (deviceHours * (1 - idleShare) * watts) / 1000;
  const idle = (deviceHours * idleShare * idleWatts) / 1000;
  const host = (deviceHours * hostWatts) / 1000;
  const facility = (pue - 1) * (devices + idle + host);
  return { items: { devices, idle, host, facility }, total: devices + idle + host + facility };
}
