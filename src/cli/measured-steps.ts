import { at, fail, mustBe } from '../base/index.js';
import { checkWorkload, type Precision } from '../cost/index.js';
import type { MeasuredStep } from '../fit/index.js';
import { findColumn, isNumeric, numericColumns, type Table } from '../runs/index.js';
import { checkShape, NUMBER_FIELDS, parseShape, type Shape, type ShapeNumbers } from '../shape/index.js';

export interface StepColumns {
  /** Name of the column of seconds a step. */
  readonly seconds: string;
  readonly precision: Precision;
}

/**
 * Measured steps of shapes, row by row. Columns: `shape`, a name, or the seven numbers, as records of runs have them; `batch`, sequences of the
 * whole step; `enc_len`, `dec_len`; and, where steps ran on several devices, `data`, `tensor`, `pipeline`, `micro_batches`.
 */
export function readSteps(table: Table, { seconds, precision }: StepColumns): MeasuredStep[] {
  const shapes = readShapes(table);
  const needed = numericColumns(table, [seconds, 'batch', 'enc_len', 'dec_len']);
  const layout = numericColumns(
    table,
    LAYOUT.filter(name => Object.hasOwn(table.columns, name)),
  );
  return shapes.map((shape, row) => ({
    shape,
    workload: checkRow(table, row, () =>
      checkWorkload({ batch: needed.batch[row], encLen: needed.enc_len[row], decLen: needed.dec_len[row] }),
    ),
    seconds: needed[seconds][row],
    options: {
      precision,
      layout: {
        ...(layout.data && { data: layout.data[row] }),
        ...(layout.tensor && { tensor: layout.tensor[row] }),
        ...(layout.pipeline && { pipeline: layout.pipeline[row] }),
        ...(layout.micro_batches && { microBatches: layout.micro_batches[row] }),
      },
    },
  }));
}

const LAYOUT = ['data', 'tensor', 'pipeline', 'micro_batches'] as const;

function readShapes(table: Table): Shape[] {
  const rows = [...table.rowNumbers.keys()];
  if (!Object.hasOwn(table.columns, 'shape')) return readNumbers(table);
  const names = findColumn(table, 'shape');
  return rows.map(row => {
    const name = isNumeric(names) ? null : names[row];
    const cell = at(table.source.file, table.rowNumbers[row], 'shape');
    return name === null
      ? fail(mustBe(cell, 'the name of a shape', names[row]))
      : checkRow(table, row, () => parseShape(name));
  });
}

/** Columns of the seven numbers, as they are or, in records of runs, within `shape`. */
function readNumbers(table: Table): Shape[] {
  const prefix = Object.hasOwn(table.columns, 'shape.num_layers') ? 'shape.' : '';
  const numbers = numericColumns(
    table,
    NUMBER_FIELDS.map(name => prefix + name),
  );
  const text = (name: string, row: number, otherwise: string) =>
    Object.hasOwn(table.columns, prefix + name) ? String(table.columns[prefix + name][row]) : otherwise;
  return Array.from(table.rowNumbers, (_, row) => {
    const sizes = Object.fromEntries(NUMBER_FIELDS.map(name => [name, numbers[prefix + name][row]]));
    return checkRow(table, row, () =>
      checkShape({
        ...(sizes as unknown as ShapeNumbers),
        feed_forward_proj: text('feed_forward_proj', row, 'relu') as Shape['feed_forward_proj'],
        tie_word_embeddings: text('tie_word_embeddings', row, 'true').toLowerCase() === 'true',
      }),
    );
  });
}

/** What is wrong with a row is said with its place. */
function checkRow<Value>(table: Table, row: number, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    return fail(`${table.source.file}, row ${table.rowNumbers[row]}: ${(error as Error).message}`);
  }
}
