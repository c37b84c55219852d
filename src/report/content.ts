import type { ChartSpec } from '../chart/index.js';

// What a report says. Text is plain; between backquotes it is set as code.

/** A value in a table, or a value with how sure we are of it. */
export type Cell = string | number | null | MarkedCell;

export interface MarkedCell {
  readonly value: string | number | null;
  /** Shown instead of the value; sorting still goes by the value. */
  readonly text?: string;
  /** Not checked against its source: gets a dagger, and the table a footnote. */
  readonly recalled?: boolean;
  /** `good` and `bad` are verdicts, `soft` is of little weight. */
  readonly tone?: 'good' | 'bad' | 'soft';
}

export interface Column {
  readonly key: string;
  readonly title: string;
  readonly unit?: string;
  /** By default numbers stand right and text left. */
  readonly align?: 'left' | 'right';
  /** How numbers are written; by default four significant digits. */
  readonly format?: (value: number) => string;
}

export interface TableBlock {
  readonly kind: 'table';
  readonly caption?: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Readonly<Record<string, Cell>>[];
}

export interface ChartBlock {
  readonly kind: 'chart';
  /** The chart at a width in pixels: drawn once for wide pages and once for phones. */
  readonly draw: (size: { width: number }) => ChartSpec;
  readonly caption?: string;
}

/** A remark beside the text; `warning` says what not to conclude. */
export interface NoteBlock {
  readonly kind: 'note';
  readonly text: string;
  readonly tone?: 'info' | 'warning';
}

export interface ListBlock {
  readonly kind: 'list';
  readonly items: readonly string[];
}

/** A string is a paragraph. */
export type Block = string | TableBlock | ChartBlock | NoteBlock | ListBlock;

export interface Section {
  readonly title: string;
  readonly blocks: readonly Block[];
}

export interface ReportContent {
  readonly title: string;
  /** What was found, in a sentence or two. */
  readonly lede?: string;
  /** What, when, by which version: pairs under the title. */
  readonly facts?: readonly { readonly label: string; readonly value: string }[];
  readonly sections: readonly Section[];
}
