import { fail, format } from '../../base/index.js';
import { computeRegions, frontierByRegion, type Goal, type Objective } from '../../frontier/index.js';
import { numericColumns, type Table } from '../../runs/index.js';
import { parseNumber } from '../input.js';
import { loadComparable, type RunOptions, rowOf } from '../runs.js';
import { formatTable, print, printJson } from '../table.js';

export interface FrontierCommandOptions extends RunOptions {
  readonly min?: string;
  readonly max?: string;
  readonly flops: string;
  readonly edges?: string;
  readonly json?: true;
}

type Row = ReturnType<typeof rowOf>;

export async function runFrontier(runs: string, options: FrontierCommandOptions): Promise<void> {
  const table = await loadComparable(runs, options);
  const objectives = parseObjectives(options);
  numericColumns(table, [options.flops, ...objectives.map(({ name }) => name)]); // every cell is a number, or one line says where not
  const points = Array.from(
    { length: table.rows },
    (_, row): Row => ({ row: table.rowNumbers[row], ...rowOf(table, row) }),
  );
  const edges = options.edges?.split(',').map(edge => parseNumber('--edges', edge));
  const regions = frontierByRegion(points, objectives as Objective<Row>[], {
    flops: options.flops,
    regions: computeRegions(edges),
  });
  const [{ name: first, goal }] = objectives;
  const sign = goal === 'min' ? 1 : -1;
  const cheapFirst = (a: Row, b: Row) => sign * (Number(a[first]) - Number(b[first]));
  const used = regions
    .filter(region => region.points.length > 0)
    .map(region => ({ ...region, points: region.points.toSorted(cheapFirst) }));
  if (options.json) return printJson({ objectives, regions: used });
  print(frontierTable(table, objectives, used));
}

interface NamedGoal {
  readonly name: string;
  readonly goal: Goal;
}

function parseObjectives({ min, max, flops }: FrontierCommandOptions): NamedGoal[] {
  const list = (text: string | undefined, goal: Goal) =>
    text === undefined ? [] : text.split(',').map(name => ({ name: name.trim(), goal }));
  const objectives = [...list(min, 'min'), ...list(max, 'max')];
  if (objectives.length > 0) return objectives;
  return [
    { name: flops, goal: 'min' },
    { name: 'loss', goal: 'min' },
  ];
}

function frontierTable(
  table: Table,
  objectives: readonly NamedGoal[],
  regions: readonly { readonly name: string; readonly points: readonly Row[] }[],
): string {
  const text = Object.keys(table.columns).find(name => ['name', 'model', 'run'].includes(name));
  const names = [text ?? 'row', ...objectives.map(({ name }) => name)];
  const cell = (value: Row[string]) => (typeof value === 'number' ? shown(value) : String(value ?? ''));
  const rows = regions.flatMap(region =>
    region.points.map(point => [region.name, ...names.map(name => cell(point[name]))]),
  );
  if (rows.length === 0) fail(`${table.source.file} must hold a run inside the compute regions, got none`);
  const goals = new Map(objectives.map(({ name, goal }) => [name, goal]));
  const columns = [
    { title: 'region', align: 'left' as const },
    ...names.map(name => ({
      title: goals.has(name) ? `${name} (${goals.get(name)})` : name,
      align: name === text ? ('left' as const) : ('right' as const),
    })),
  ];
  return formatTable(columns, rows);
}

const shown = (value: number) => (Math.abs(value) >= 1e5 ? format.si(value) : format.digits(value, 5));
