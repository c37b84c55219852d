import { fail, mustBe, unknownName } from '../base/index.js';
import {
  countDevices,
  type Device,
  findDevice,
  type Layout,
  type PriceOptions,
  parseDevices,
  parseLayout,
  type RatedMachine,
  type Sharding,
} from '../cost/index.js';
import type { Calibration, predictShapeTime } from '../fit/index.js';
import { loadJson } from '../runs/index.js';
import { parseNumber, parsePairs } from './input.js';
import { loadYaml } from './yaml.js';

/** Texts of the command line that say where training runs; `cost --help` says what each is. */
export interface MachineTexts {
  readonly device?: string;
  readonly devices?: string;
  readonly calibration?: string;
  readonly count?: string;
  readonly layout?: string;
  readonly usdPerHour?: string;
  readonly grid?: string;
  readonly pue?: string;
  readonly idleShare?: string;
}

/** Where training runs, as far as it was said. */
export interface ChosenMachine {
  /** Price, power and memory; undefined where only a calibration was given. */
  readonly device: Device | undefined;
  /** What decides the time: measured rates before the table's. */
  readonly timed: Device | RatedMachine;
  readonly calibration: Calibration | undefined;
  /** Of the calibration; the fit room is loaded only where there is one. */
  readonly predict: typeof predictShapeTime | undefined;
  readonly layout: Layout;
  readonly price: PriceOptions;
}

/** Undefined where neither --device nor --calibration was given; options that need one of them are refused then. */
export async function loadMachine(texts: MachineTexts): Promise<ChosenMachine | undefined> {
  const { device: name, devices, calibration: file } = texts;
  const own = devices === undefined ? [] : parseDevices(await loadYaml(devices), devices);
  if (name === undefined && file === undefined) return refuseAlone(texts);
  const device = name === undefined ? undefined : findDevice(name, own);
  const fit = file === undefined ? undefined : await import('../fit/index.js');
  const calibration = fit?.parseCalibration(await loadJson(file!), file!);
  return {
    device,
    timed: calibration ?? device!,
    calibration,
    predict: fit?.predictShapeTime,
    layout: parseLayoutTexts(texts),
    price: parsePriceTexts(texts),
  };
}

/** Options that say nothing without a machine. */
const ALONE = {
  devices: 'devices',
  count: 'count',
  layout: 'layout',
  usdPerHour: 'usd-per-hour',
  grid: 'grid',
  pue: 'pue',
  idleShare: 'idle-share',
} as const satisfies Partial<Record<keyof MachineTexts, string>>;

function refuseAlone(texts: MachineTexts): undefined {
  for (const [field, option] of Object.entries(ALONE))
    if (texts[field as keyof typeof ALONE] !== undefined)
      fail(`--${option} must go with --device NAME or --calibration FILE, got neither`);
  return undefined;
}

/** Names in --layout, and the field each sets. */
const LAYOUT_NAMES = {
  data: 'data',
  tensor: 'tensor',
  pipeline: 'pipeline',
  micro_batches: 'microBatches',
  sharding: 'sharding',
  devices_per_node: 'devicesPerNode',
} as const;

/** --count devices and --layout; what the layout leaves open are copies of the model. */
function parseLayoutTexts({ count, layout: text }: MachineTexts): Layout {
  const fields: { -readonly [Field in keyof Layout]?: Layout[Field] } = {};
  for (const [name, value] of Object.entries(text === undefined ? {} : parsePairs('--layout', text))) {
    const field = Object.hasOwn(LAYOUT_NAMES, name)
      ? LAYOUT_NAMES[name as keyof typeof LAYOUT_NAMES]
      : fail(`--layout: ${unknownName('field', name, Object.keys(LAYOUT_NAMES))}`);
    if (field === 'sharding') fields.sharding = value as Sharding;
    else fields[field] = parseNumber(`--layout ${name}`, value);
  }
  const devices = count === undefined ? undefined : parseNumber('--count', count);
  if (devices === undefined) return parseLayout(fields);
  const split = countDevices(parseLayout({ ...fields, data: 1 }));
  if (fields.data === undefined && devices % split !== 0)
    fail(mustBe('--count', `a multiple of the ${split} devices that share a copy`, devices));
  const layout = parseLayout({ ...fields, data: fields.data ?? devices / split });
  if (countDevices(layout) !== devices)
    fail(mustBe('--count', `the ${countDevices(layout)} devices of --layout`, devices));
  return layout;
}

function parsePriceTexts({ usdPerHour, grid, pue, idleShare }: MachineTexts): PriceOptions {
  const isNumber = grid !== undefined && grid.trim() !== '' && !Number.isNaN(Number(grid));
  return {
    ...(usdPerHour !== undefined && { usdPerHour: parseNumber('--usd-per-hour', usdPerHour) }),
    ...(grid !== undefined && { grid: isNumber ? Number(grid) : grid }),
    ...(pue !== undefined && { pue: parseNumber('--pue', pue) }),
    ...(idleShare !== undefined && { idleShare: parseNumber('--idle-share', idleShare) }),
  };
}
