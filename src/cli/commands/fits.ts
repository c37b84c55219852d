import { fileURLToPath } from 'node:url';
import { format } from '../../base/index.js';
import {
  type FitResult,
  type FitRow,
  type Outcome,
  remakeAllFits,
  saveResults,
  storedResult,
} from '../../verify/index.js';
import { startProgress } from '../progress.js';
import { formatTable, print, printJson } from '../table.js';

const FITS_FOLDER = fileURLToPath(new URL('../../../fits', import.meta.url));

export interface FitsOptions {
  readonly json?: true;
  /** Write fits/results. */
  readonly save?: true;
}

/** Makes every published fit again; the exit code is 1 when a row is out of tolerance without a note. */
export async function runFits({ json, save }: FitsOptions): Promise<void> {
  const bar = await startProgress('fits');
  const results = await remakeAllFits(FITS_FOLDER, { onProgress: bar.update });
  bar.stop();
  if (save) await saveResults(FITS_FOLDER, results);
  if (json) printJson(results.map(storedResult));
  else print(`${results.map(fitsTable).join('\n\n')}\n\n${fitsSummary(results)}`);
  if (rowsOf(results).some(({ outcome }) => outcome === 'differs')) process.exitCode = 1;
}

const rowsOf = (results: readonly FitResult[]) => results.flatMap(({ rows }) => rows);

const VERDICTS: Readonly<Record<Outcome, string>> = {
  agrees: 'agrees',
  noted: 'differs, see note',
  missing: 'cannot be made',
  differs: 'DIFFERS',
};

/** One file: ours beside theirs, then the notes. A dagger marks figures from memory. */
export function fitsTable({ spec, rows }: FitResult): string {
  const notes = rows.flatMap(({ fit, what, note, outcome }) =>
    note === undefined || outcome === 'agrees' ? [] : [`  ${fit}, ${what}: ${note}`],
  );
  return [`${spec.name}: ${spec.title}`, fitRowsTable(rows), ...notes].join('\n');
}

/** Ours beside theirs, row by row. */
export function fitRowsTable(rows: readonly FitRow[]): string {
  const titles = ['fit', 'what', 'ours', 'theirs', 'tolerance', 'verdict', 'source'];
  return formatTable(
    titles.map((title, i) => ({ title, align: [0, 1, 5, 6].includes(i) ? 'left' : 'right' })),
    rows.map(row => [
      row.fit,
      row.what,
      row.ours === null ? '' : shown(row, row.ours),
      shown(row, row.theirs) + (row.inputs === 'recalled' ? ' \u2020' : ''),
      tolerance(row),
      VERDICTS[row.outcome],
      row.source,
    ]),
  );
}

const shown = ({ rule }: FitRow, value: number) =>
  rule === 'says' ? (value === 1 ? 'yes' : 'no') : format.digits(value, 8);

function tolerance({ rule, tolerance: allowed }: FitRow): string {
  if (rule === 'says' || rule === 'missing') return '';
  if (rule === 'atMost') return allowed === 0 ? 'at most' : `at most +${format.digits(allowed, 2)}`;
  return allowed === 0 ? 'exact' : format.digits(allowed, 2);
}

export function fitsSummary(results: readonly FitResult[]): string {
  const rows = rowsOf(results);
  const count = (outcome: Outcome) => rows.filter(row => row.outcome === outcome).length;
  return (
    `${rows.length} rows of ${results.length} files: ${count('agrees')} agree, ${count('noted')} differ with a note, ` +
    `${count('missing')} cannot be made again, ${count('differs')} differ without one.\n` +
    '\u2020 A figure from memory: shown beside ours, evidence of nothing.'
  );
}
