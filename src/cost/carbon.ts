import { fail, outsideRange, unknownName } from '../base/index.js';

/**
 * Grams of CO2-equivalent of one kWh of electricity as generated, averaged over a year.
 * Source: Ember, yearly electricity data (CC BY 4.0), 2024, as npm's @tgwf/co2 0.19.0 carries them.
 */
export const GRID_INTENSITY = {
  world: 472.94,
  eu: 213.02,
  australia: 553.76,
  brazil: 106.06,
  canada: 184.99,
  china: 557.5,
  denmark: 143.3,
  finland: 72.25,
  france: 44.18,
  germany: 342.06,
  india: 708.96,
  ireland: 279.79,
  japan: 483.73,
  netherlands: 252.7,
  norway: 30.75,
  poland: 614.98,
  singapore: 498.74,
  'south-africa': 713.9,
  'south-korea': 415.65,
  sweden: 35.89,
  switzerland: 36.72,
  taiwan: 635.15,
  uk: 215.79,
  us: 383.55,
} as const;
export type GridRegion = keyof typeof GRID_INTENSITY;

export const GRID_SOURCE = { source: 'Ember, yearly electricity data', year: 2024 } as const;

/** Grams a kWh: of a region, or a number of the user's own. @example gridIntensity('france') // => 44.18 */
export function gridIntensity(region: string | number): number {
  if (typeof region === 'number')
    return region >= 0 && region <= 2000 ? region : fail(outsideRange('grid intensity', '[0, 2000] g/kWh', region));
  if (!Object.hasOwn(GRID_INTENSITY, region)) fail(unknownName('grid region', region, Object.keys(GRID_INTENSITY)));
  return GRID_INTENSITY[region as GridRegion];
}

/** kgCO2e of an amount of energy; building the devices is not in it. @example estimateCarbon(1000, 'france') // => 44.18 */
export const estimateCarbon = (kwh: number, region: string | number): number => (kwh * gridIntensity(region)) / 1000;
