// npm run bench -- coverage, or alone: node --import ./register.mjs bench/coverage.ts [--quick] [--json]
import { mkdirSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { rowsTable } from './command.js';
import { coverRolling, type RollingCoverage } from './coverage-rolling.js';
import { coverSimulated, type Effort, type SimulatedCoverage } from './coverage-simulated.js';
import type { Row } from './measure.js';

const FULL: Effort = { simulations: 200, replicates: 100 };
const QUICK: Effort = { simulations: 20, replicates: 40 };
const RESULTS = new URL('results/', import.meta.url);
/** An interval of 90 % is good when it covers between these; simulated shares have a standard error of .02. */
const TARGET = '.85 to .95';
const TARGET_SET = '.70 or more';
const TARGET_RUN = '.85 or more';
const TARGET_WIDTH = '12.5 % or less';

/**
 * How often a 90 % interval holds the truth: simulated rows of a true law, and real runs beyond the fitted ones. Not a
 * timing, and without a peer: the name of each row says the target. The full table is saved as results/coverage.json.
 */
export async function benchmarks(effort: Effort = FULL): Promise<Row[]> {
  // Real runs are judged as the tool forecasts them: with its default number of replicates.
  const rolling = await coverRolling(effort === QUICK ? effort.replicates : undefined);
  const simulated = await coverSimulated(effort);
  if (effort === FULL) {
    mkdirSync(RESULTS, { recursive: true });
    writeFileSync(new URL('coverage.json', RESULTS), tidy({ level: 0.9, ...effort, simulated, rolling }));
  }
  return [...simulated.map(simulatedRow), ...rolling.map(rollingRow), ...meanRows(rolling)];
}

/** One line for each entry of a list, three digits a number: a table to read and to compare. */
function tidy({
  simulated,
  rolling,
  ...head
}: { simulated: readonly object[]; rolling: readonly object[]; level: number } & Effort) {
  const short = (_: string, value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(3)) : value);
  const list = (rows: readonly object[]) =>
    `[\n${rows.map(row => `    ${JSON.stringify(row, short)}`).join(',\n')}\n  ]`;
  const start = Object.entries(head).map(([name, value]) => `  "${name}": ${JSON.stringify(value)}`);
  return `{\n${[...start, `  "simulated": ${list(simulated)}`, `  "rolling": ${list(rolling)}`].join(',\n')}\n}\n`;
}

function simulatedRow({ design, law, interval, quantity, coverage }: SimulatedCoverage): Row {
  const target = interval === 'bootstrap by run' ? TARGET_RUN : TARGET;
  const goal = interval.includes('drawn') ? '' : ` (target ${target})`;
  return share(`${design}; ${law}, ${interval}: ${quantity}${goal}`, coverage);
}

function rollingRow({ set, interval, times, coverage, cutoffs, runs }: RollingCoverage): Row {
  const goal = interval === 'E drawn' ? `target ${TARGET_SET}, ` : '';
  return share(`${set}, ${times} times the compute, ${interval} (${goal}${cutoffs} cut-offs, ${runs} runs)`, coverage);
}

/** Means over the sets, and the median width at ten times. */
function meanRows(rolling: readonly RollingCoverage[]): Row[] {
  const groups = new Map<string, RollingCoverage[]>();
  for (const row of rolling) {
    const key = `${row.interval}, ${row.times} times`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  const means = [...groups].flatMap(([key, rows]) => {
    const goal = key.startsWith('E drawn') ? ` (target ${TARGET})` : '';
    return [
      share(`mean of ${rows.length} sets, ${key}${goal}`, mean(rows.map(row => row.coverage))),
      share(`mean of ${rows.length} sets, ${key}, best runs only${goal}`, mean(rows.map(row => row.coverage_best))),
    ];
  });
  const widths = (groups.get('E drawn, 10 times') ?? []).map(row => row.width).sort((a, b) => a - b);
  const width = widths[widths.length >> 1];
  return [...means, { ...share(`median width at 10 times (target ${TARGET_WIDTH})`, width), unit: '%' }];
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

const share = (name: string, ours: number): Row => ({ name, ours, peer: null, unit: '', ratio: null });

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const args = process.argv.slice(2);
  const rows = await benchmarks(args.includes('--quick') ? QUICK : FULL);
  console.log(args.includes('--json') ? JSON.stringify(rows, null, 2) : rowsTable(rows));
}
