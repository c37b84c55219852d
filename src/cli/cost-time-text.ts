import { format } from '../base/index.js';
import type { TimeWire } from './cost-time.js';
import { formatTable } from './table.js';

export interface TimedCost extends TimeWire {
  readonly name: string;
}

const money = (usd: number | null | undefined) =>
  usd === null || usd === undefined ? 'no price known' : `$${usd < 1e5 ? format.digits(usd, 3) : format.si(usd)}`;
const kwh = (value: number) => (value < 1 ? `${format.digits(1000 * value, 3)} Wh` : `${format.digits(value, 3)} kWh`);
const kilograms = (value: number) =>
  value < 1 ? `${format.digits(1000 * value, 3)} g` : `${format.digits(value, 3)} kg`;
const between = ([low, high]: readonly [number, number]) => `${format.seconds(low)} to ${format.seconds(high)}`;

/** One line a shape. */
export function timeTable(costs: readonly TimedCost[]): string {
  const columns = ['shape', 'step', 'nine in ten', 'of peak', 'run', 'price', 'energy', 'CO2e', '1M generated'];
  const rows = costs.map(({ name, time, money: cost, energy }) => [
    name,
    format.seconds(time.seconds_per_step),
    between(time.range),
    format.percent(time.mfu),
    time.device_hours === undefined ? '-' : `${format.digits(time.device_hours, 3)} device-h`,
    cost ? money(cost.total_usd ?? cost.usd_per_step) : '-',
    energy ? kwh(energy.kwh ?? energy.kwh_per_step) : '-',
    energy?.kg_co2e === undefined ? '-' : kilograms(energy.kg_co2e),
    cost ? money(cost.usd_per_million_generated) : `${format.digits(time.generation.device_hours_per_million, 3)} h`,
  ]);
  return formatTable(
    columns.map((title, i) => ({ title, align: i === 0 ? 'left' : 'right' })),
    rows,
  );
}

/** All of one shape. */
export function timeDetails({ time, money: cost, energy }: TimeWire): string {
  const { machine, count, layout, format: numbers, range, items, mfu, seconds_per_step: step } = time;
  const spread = Object.entries(items).filter(([, seconds]) => seconds > 0);
  const rows: string[][] = [
    ['machine', `${count > 1 ? `${count} x ` : ''}${machine}${layoutText(layout)}`, ''],
    [
      'seconds a step',
      format.seconds(step),
      `${between(range)}; ${format.percent(mfu)} of the peak${numbers ? ` in ${numbers}` : ''}`,
    ],
    ...spread.map(([item, seconds]) => [`  ${item}`, format.seconds(seconds), format.percent(seconds / step)]),
    ...runRows(time),
    ...batchRows(time),
    ['generation', `${format.si(time.generation.tokens_per_second)} tokens/s`, generationText(time)],
    ...moneyRows(cost),
    ...energyRows(energy),
  ];
  const table = formatTable(
    [{ title: 'time and money', align: 'left' }, { title: '' }, { title: '', align: 'left' }],
    rows,
  );
  return [table, ...time.notes.map(note => `note: ${note}`)].join('\n');
}

function layoutText({ data, tensor, pipeline, sharding, micro_batches }: TimeWire['time']['layout']): string {
  const parts = [
    data > 1 && `data ${data}`,
    tensor > 1 && `tensor ${tensor}`,
    pipeline > 1 && `pipeline ${pipeline}`,
    micro_batches > 1 && `micro-batches ${micro_batches}`,
    sharding !== 'none' && `sharding ${sharding}`,
  ].filter(part => part !== false);
  return parts.length > 0 ? ` (${parts.join(', ')})` : '';
}

function runRows({ steps, tokens, seconds, device_hours }: TimeWire['time']): string[][] {
  if (steps === undefined) return [];
  const run = `${format.si(steps)} steps, ${format.si(tokens!)} encoder tokens, ${format.digits(device_hours!, 3)} device-hours`;
  return [['run', format.seconds(seconds!), run]];
}

function batchRows({ largest_batch }: TimeWire['time']): string[][] {
  if (largest_batch === null) return [];
  const { plain, recomputed, memory_bytes, used_share } = largest_batch;
  const room = `sequences a copy in ${format.percent(used_share, 0)} of ${format.bytes(memory_bytes)}; ${recomputed} with recomputation`;
  return [['largest batch', String(plain), room]];
}

const generationText = ({ generation: { batch, tokens, seconds, range } }: TimeWire['time']) =>
  `${batch} x ${tokens} tokens in ${format.seconds(seconds)} (${between(range)})`;

function moneyRows(cost: TimeWire['money']): string[][] {
  if (cost === undefined) return [];
  const { usd_per_device_hour: hourly, source, date, status } = cost;
  const from = [source, date, status === 'recalled' && 'recalled'].filter(Boolean).join(', ');
  return [
    ['price of a device-hour', money(hourly), from],
    ...(cost.total_usd === undefined
      ? [['price of a step', money(cost.usd_per_step), '']]
      : [['price', money(cost.total_usd), partsText(money, cost.training_usd, cost.inference_usd)]]),
    ['price of 1M generated', money(cost.usd_per_million_generated), ''],
  ];
}

function energyRows(energy: TimeWire['energy']): string[][] {
  if (energy === undefined) return [];
  const { watts, pue, idle_share, grid, grid_g_per_kwh, grid_source, grid_year } = energy;
  const power = `${watts} W a device and its host, PUE ${pue}${idle_share > 0 ? `, ${format.percent(idle_share, 0)} idle` : ''}`;
  const where = `${grid_g_per_kwh} g/kWh: ${[grid, grid_source, grid_year].filter(part => part !== null).join(', ')}`;
  if (energy.kwh === undefined) return [['energy of a step', kwh(energy.kwh_per_step), power]];
  return [
    ['energy', kwh(energy.kwh), power],
    ['carbon', `${kilograms(energy.kg_co2e!)} CO2e`, where],
  ];
}

/** Where there are two parts, what each is. */
function partsText(write: (value: number) => string, training?: number | null, inference?: number | null): string {
  if (training == null || inference == null) return '';
  return `training ${write(training)}, inference ${write(inference)}`;
}
