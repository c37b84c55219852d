import { fail, mustBe } from '../base/index.js';
import { estimateCarbon } from './carbon.js';
import type { Device } from './devices.js';
import { type Energy, type EnergyOptions, estimateEnergy } from './energy.js';

export interface PriceOptions extends EnergyOptions {
  /** Of one device; default: its list price. */
  readonly usdPerHour?: number;
  /** A region of GRID_INTENSITY, or grams a kWh; default 'world'. */
  readonly grid?: string | number;
}

/** What device-hours cost. */
export interface Price {
  readonly deviceHours: number;
  /** Null where no price is known. */
  readonly usd: number | null;
  readonly energy: Energy;
  /** kgCO2e. */
  readonly carbon: number;
}

/** Money, energy and carbon of device-hours, whatever they are spent on. */
export function priceDeviceHours(deviceHours: number, device: Device, options: PriceOptions = {}): Price {
  const { usdPerHour = device.usdPerHour ?? null, grid = 'world', ...power } = options;
  if (usdPerHour !== null && !(usdPerHour >= 0 && usdPerHour < Infinity))
    fail(mustBe('price an hour', 'a number from 0 and up', usdPerHour));
  const energy = estimateEnergy(deviceHours, device, power);
  return {
    deviceHours,
    usd: usdPerHour === null ? null : deviceHours * usdPerHour,
    energy,
    carbon: estimateCarbon(energy.total, grid),
  };
}

/** Costs of parts, e.g. training and the inference after it, added up. */
export function addPrices(parts: readonly Price[]): Price {
  const add = (value: (price: Price) => number) => parts.reduce((total, part) => total + value(part), 0);
  return {
    deviceHours: add(part => part.deviceHours),
    usd: parts.some(({ usd }) => usd === null) ? null : add(part => part.usd!),
    energy: {
      items: {
        devices: add(part => part.energy.items.devices),
        idle: add(part => part.energy.items.idle),
        host: add(part => part.energy.items.host),
        facility: add(part => part.energy.items.facility),
      },
      total: add(part => part.energy.total),
    },
    carbon: add(part => part.carbon),
  };
}
