import { type Columns, fail, format } from '../../base/index.js';
import { type ChartSpec, rolloutChart } from '../../chart/index.js';
import {
  CANDIDATES,
  type Candidate,
  type ComparedLaw,
  type Comparison,
  compareLaws,
  defaultCandidates,
} from '../../fit/index.js';
import { findLaw } from '../../law/index.js';
import { checkChartFile, writeChart } from '../../report/index.js';
import { numericColumns, type Table } from '../../runs/index.js';
import { loadComparable, numbersOf, type RunOptions, unitOf } from '../runs.js';
import { formatTable, print, printJson } from '../table.js';

export interface CompareCommandOptions extends RunOptions {
  readonly laws?: string;
  readonly unit?: string;
  readonly chart?: string;
  readonly json?: true;
}

export async function runCompare(runs: string, options: CompareCommandOptions): Promise<void> {
  if (options.chart !== undefined) checkChartFile(options.chart);
  const table = await loadComparable(runs, options);
  const columns = readColumns(table);
  const candidates = options.laws === undefined ? defaultCandidates(columns) : options.laws.split(',').map(toCandidate);
  const unit = options.unit === undefined ? undefined : unitOf(table, options.unit.split(','));
  const comparison = compareLaws(columns, candidates, { ...(unit && { unit }) });
  if (options.chart !== undefined) await writeChart(errorChart(comparison, table), options.chart);
  if (options.json) return printJson(wire(comparison, table));
  print(comparisonTable(comparison));
  print(`\n${comparison.advice.text}`);
}

/** The columns that laws can read: those named as their inputs, checked cell by cell, and compute where it follows. */
function readColumns(table: Table): Columns {
  const names = ['N', 'D', 'C', 'width', 'depth', 'loss'].filter(name => numbersOf(table, name) !== undefined);
  if (!names.includes('loss')) fail(`${table.source.file} must have a column loss, or --map loss=COLUMN, got none`);
  const columns = numericColumns(table, names);
  const { N, D, C } = columns;
  if (C !== undefined) return columns;
  if (N === undefined || D === undefined)
    return fail(
      `${table.source.file} must have the compute C, or N and D, got neither; name them with --map or --derive`,
    );
  return { ...columns, C: N.map((n, row) => 6 * n * D[row]) };
}

/** A variant by its name ('ND free'), or a law by its own. */
function toCandidate(text: string): Candidate {
  const name = text.trim();
  return CANDIDATES.find(candidate => candidate.name === name) ?? { name, law: findLaw(name) };
}

const TITLES = ['candidate', 'rows', 'free', 'objective', 'AICc', 'BIC', 'leave a run out', '4x', '10x', '30x'];

/** In sample, then on runs left out, then forecasts of larger runs: median / 90th percentile of the relative error. */
function comparisonTable({ laws, choice }: Comparison): string {
  const rows = laws.map(law => [
    law.name + (law.name === choice?.name ? ' *' : ''),
    String(law.rows),
    law.fit === null ? '' : String(law.free),
    number(law.objective, 6),
    number(law.aicc, 6),
    number(law.bic, 6),
    law.refused !== null ? 'refused' : errors(law.leaveOut),
    ...[4, 10, 30].map(horizon => errors(law.rollout.find(score => score.horizon === horizon) ?? null)),
  ]);
  const table = formatTable(
    TITLES.map((title, i) => ({ title, align: i === 0 ? 'left' : 'right' })),
    rows,
  );
  const refused = laws
    .filter(({ refused }) => refused !== null)
    .map(({ name, refused }) => `${name} refused: ${refused}`);
  return [table, '* chosen by its past forecasts; errors are median / 90th percentile, relative', ...refused].join(
    '\n',
  );
}

/** Candidates by their longest forecasts, the best first. */
function errorChart({ laws }: Comparison, { source }: Table): ChartSpec {
  const points = laws.flatMap(({ name, rollout }) =>
    rollout.map(({ horizon, median, p90 }) => ({ law: name, horizon, median, p90 })),
  );
  if (points.length === 0) fail(`--chart needs a forecast that ${source.file} can check, got none`);
  const title = 'How far each law missed larger runs';
  return rolloutChart({ title, subtitle: `Fitted below a cut-off, scored above it; ${source.file}`, points });
}

const number = (value: number | null, digits: number) => (value === null ? '' : format.digits(value, digits));
const errors = (score: { readonly median: number; readonly p90: number } | null) =>
  score === null ? '' : `${format.percent(score.median, 2)} / ${format.percent(score.p90, 2)}`;

function wire({ laws, choice, honest, reference, drift, advice }: Comparison, table: Table) {
  return {
    laws: laws.map(({ fit, ...law }: ComparedLaw) => ({
      ...law,
      status: fit?.status ?? null,
      params: fit?.params ?? null,
    })),
    choice: choice?.name ?? null,
    honest,
    reference,
    drift,
    advice,
    data: { ...table.source, rows: table.rows },
  };
}
