import { type Columns, format } from '../../base/index.js';
import {
  type Bootstrap,
  type BootstrapOptions,
  bootstrapFit,
  bootstrapFitParallel,
  DELTA_NOTE,
  diagnoseFit,
  FIT_STATUS,
  type Fit,
  fitLaw,
} from '../../fit/index.js';
import { inputNames, type Law } from '../../law/index.js';
import { checkChartFile, writeChart } from '../../report/index.js';
import type { Table } from '../../runs/index.js';
import { chooseLaw, type FitTexts, lawColumns, parseOptions } from '../fit-options.js';
import { drawFit, fitChart, fitPicture } from '../fit-picture.js';
import { parseNumber } from '../input.js';
import { loadTargets, type PredictedRow, type Predictions, parsePrior, predictRows } from '../predictions.js';
import { startProgress } from '../progress.js';
import { loadComparable } from '../runs.js';
import { formatTable, print, printJson } from '../table.js';

export interface FitCommandOptions extends FitTexts {
  readonly bootstrap?: string;
  readonly predict?: string;
  readonly prior?: string;
  readonly chart?: string;
  readonly json?: true;
}

export async function runFit(runs: string, options: FitCommandOptions): Promise<void> {
  const law = await chooseLaw(options);
  const { predict: file, map, prior, chart } = options;
  if (chart !== undefined) checkChartFile(chart);
  const targets = file === undefined ? null : await loadTargets(file, inputNames(law), map);
  const table = await loadComparable(runs, options);
  const columns = lawColumns(table, law, options);
  const fitOptions = parseOptions(options, table);
  const bootstrap =
    options.bootstrap === undefined
      ? null
      : await runBootstrap(columns, law, { ...fitOptions, replicates: parseNumber('--bootstrap', options.bootstrap) });
  const fit = bootstrap?.fit ?? fitLaw(columns, law, fitOptions);
  const params = bootstrap?.params ?? fit.params;
  const verdicts =
    fit.rows <= DIAGNOSED_ROWS
      ? diagnoseFit(columns, fit, { ...fitOptions, rowNames: table.rowNumbers }).verdicts
      : fit.verdicts;
  const predictions =
    targets === null
      ? undefined
      : await predictRows({
          table: targets,
          fit,
          bootstrap,
          columns,
          options: fitOptions,
          ...(prior !== undefined && { prior: parsePrior(prior) }),
        });
  const picture = () => fitPicture({ fit, bootstrap, columns, rowNumbers: table.rowNumbers });
  if (chart !== undefined) await writeChart(fitChart(picture(), titles(fit, table)), chart);
  if (options.json) return printJson(wire({ fit, params, verdicts, table, predictions }));
  print(fitTable({ fit, params, verdicts, table, bootstrap }));
  if (options.huberDelta !== undefined) print(`note: ${DELTA_NOTE}`);
  print(`\n${await drawFit(picture())}`);
  if (predictions) print(`\n${predictionTable(predictions, law)}`);
}

/** Rows up to which refits without each of them take a second or so; larger tables get the fit's own verdicts. */
const DIAGNOSED_ROWS = 400;
/** Draws from which threads pay for their start. */
const MANY_DRAWS = 1000;

async function runBootstrap(columns: Columns, law: Law, options: BootstrapOptions): Promise<Bootstrap> {
  if ((options.replicates ?? 0) < MANY_DRAWS) return bootstrapFit(columns, law, options);
  const { openFitPool } = await import('../pool.js');
  const bar = await startProgress('bootstrap');
  const pool = openFitPool({ onProgress: share => bar.update(share) });
  try {
    return await bootstrapFitParallel(columns, law, { ...options, parallel: pool.map });
  } finally {
    bar.stop();
    await pool.close();
  }
}

interface Finding {
  readonly fit: Fit;
  readonly verdicts: Fit['verdicts'];
  readonly params: Fit['params'];
  readonly table: Table;
}

function wire({ fit, params, verdicts, table, predictions }: Finding & { readonly predictions?: Predictions }) {
  return {
    law: fit.law.name,
    inputs: inputNames(fit.law),
    rows: fit.rows,
    rho: fit.rho,
    ...(fit.rho === 'huber' && { huber_delta: fit.huberDelta }),
    residual: fit.residual,
    status: fit.status,
    objective: fit.objective,
    params,
    level: fit.level,
    verdicts,
    metrics: fit.metrics,
    seed: fit.seed,
    data: { ...table.source, rows: table.rows },
    ...(predictions && { predictions: predictions.rows, prior: predictions.prior, note: predictions.note }),
  };
}

const titles = ({ law, rows, level }: Fit, { source }: Table) => ({
  title: `${law.title}, fitted`,
  subtitle: `${rows} rows of ${source.file}; ${law.response.name} = ${law.formula}; band: ${format.percent(level, 0)} interval of the law`,
});

function fitTable({
  fit,
  params,
  verdicts,
  table,
  bootstrap,
}: Finding & { readonly bootstrap: Bootstrap | null }): string {
  const { law, status, rho, huberDelta, residual, metrics } = fit;
  const interval = `${format.percent(fit.level, 0)} interval`;
  const meaning = new Map(law.params.map(param => [param.name, param.meaning]));
  const rows = Object.entries(params).map(([name, { value, se, lo, hi }]) => [
    name,
    format.digits(value, 6),
    se === 0 ? 'held' : format.digits(se, 3),
    se === 0 ? '' : `${format.digits(lo)} to ${format.digits(hi)}`,
    meaning.get(name) ?? '',
  ]);
  const columns = [
    { title: law.name, align: 'left' },
    { title: 'value' },
    { title: 'std. error' },
    { title: interval },
    { title: '', align: 'left' },
  ] as const;
  const loss = { squared: 'least squares', huber: `Huber ${huberDelta}` }[rho as string] ?? `${rho} residuals`;
  const how = bootstrap
    ? `percentile bootstrap, ${bootstrap.replicates} draws by ${bootstrap.unit}`
    : 'sandwich covariance';
  return [
    `${law.response.name} = ${law.formula}`,
    `${fit.rows} rows of ${table.source.file}; ${loss} on ${residual === 'log' ? `ln ${law.response.name}` : law.response.name}; ${how}`,
    '',
    formatTable(columns, rows),
    '',
    `objective ${fit.objective.toPrecision(10)}   rmse ${format.digits(metrics.rmse)}   r2 ${format.digits(metrics.r2)}   AIC ${format.digits(metrics.aic, 6)}   BIC ${format.digits(metrics.bic, 6)}`,
    `status: ${status}${FIT_STATUS[status] && ` - ${FIT_STATUS[status]}`}`,
    ...verdicts.map(({ code, text }) => `${code}: ${text}`),
  ].join('\n');
}

function predictionTable({ rows, prior, note }: Predictions, law: Law): string {
  const names = [...inputNames(law), 'value', 'lo', 'hi'];
  const cell = (value: PredictedRow[string]) => (typeof value === 'number' ? format.digits(value, 5) : String(value));
  const table = formatTable(
    [...names.map(title => ({ title })), { title: '', align: 'left' }],
    rows.map(row => [...names.map(name => cell(row[name])), row.beyond_range ? 'beyond the rows' : '']),
  );
  const drawn = Object.entries(prior ?? {}).map(
    ([name, { median, sd }]) =>
      `Beyond the rows the interval is of a new run, with ${name} drawn about ${median} (${format.percent(sd, 0)} spread): --prior ${name}=${median}:${sd}, or none.`,
  );
  return [table, ...drawn, ...(note === null ? [] : [note])].join('\n');
}
