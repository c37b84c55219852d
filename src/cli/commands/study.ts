import { format } from '../../base/index.js';
import type { CostLine, FitStudy, FrontierStudy, ScoreStudy } from '../../report/index.js';
import { formatTable } from '../table.js';
import { fitRowsTable } from './fits.js';

// The studies of the main job as tables for the terminal.

export function costTable(costs: readonly CostLine[]): string {
  const titles = ['shape', 'params', 'non-emb.', 'forward', 'whole training', '6ND / exact', 'train memory'];
  return formatTable(
    titles.map((title, i) => ({ title, align: i === 0 ? 'left' : 'right' })),
    costs.map(({ name, params, flops, training, overstated, memory }) => [
      name,
      format.count(params.total),
      format.count(params.nonEmbedding),
      format.si(flops.forward, 'FLOP'),
      `${format.digits(training, 3)} FLOP`,
      overstated.toFixed(2),
      format.bytes(memory.total),
    ]),
  );
}

export function fitSummary({ about, params, level, rows }: FitStudy): string {
  const constants = formatTable(
    [
      { title: 'constant', align: 'left' },
      { title: 'value' },
      { title: 'std. error' },
      { title: `${format.percent(level, 0)} interval` },
    ],
    Object.entries(params).map(([name, { value, se, lo, hi }]) => [
      name,
      format.digits(value, 6),
      format.digits(se, 3),
      `${format.digits(lo)} to ${format.digits(hi)}`,
    ]),
  );
  return `${about}\n\n${constants}\n\n${fitRowsTable(rows)}`;
}

export function scoreSummary({ measured, recalled }: ScoreStudy): string {
  const lines = [measured, recalled].map(({ name, term }) => [
    name,
    String(term.shapes),
    format.digits(term.leftOut.plain, 3),
    format.digits(term.leftOut.withTerm, 3),
    term.answer,
  ]);
  const titles = ['does depth matter at equal loss?', 'shapes', 'error left out, by loss', 'with ln depth', 'answer'];
  return formatTable(
    titles.map((title, i) => ({ title, align: i === 0 || i === 4 ? 'left' : 'right' })),
    lines,
  );
}

export function efficientTable(frontiers: readonly FrontierStudy[]): string {
  return frontiers
    .map(({ title, table: { columns, rows } }) => {
      const shown = columns.map(column => ({
        ...column,
        align: column.align ?? (column.format ? ('right' as const) : ('left' as const)),
      }));
      const cells = rows.map(row => shown.map(({ key, format: write }) => cellText(row[key], write)));
      return `${title}\n\n${formatTable(shown, cells)}`;
    })
    .join('\n\n');
}

function cellText(cell: FrontierStudy['table']['rows'][number][string], write?: (value: number) => string): string {
  const value = cell !== null && typeof cell === 'object' ? (cell.text ?? cell.value) : cell;
  const dagger = cell !== null && typeof cell === 'object' && cell.recalled ? ' \u2020' : '';
  if (value === null) return '';
  return (typeof value === 'number' ? (write ?? format.digits)(value) : value) + dagger;
}
