// Runs inside the report page: draws the charts and makes the tables sortable. Bundled by `bundle.ts`.
import embed, { type Result, type VisualizationSpec } from 'vega-embed';

const DARK = matchMedia('(prefers-color-scheme: dark)');
const NARROW = matchMedia('(max-width: 760px)');

/** Vega lays text out by its width, so the page's fonts must be there before the first chart. */
const fontsReady = () => Promise.all(['13px', '600 13px'].map(font => document.fonts.load(`${font} "Source Sans 3"`)));

/** Charts carry their data: the page loads nothing. */
const refuse = () => Promise.reject(new Error('charts load nothing'));
const loader = { load: refuse, sanitize: refuse, http: refuse, file: refuse };

const readJson = (id: string) => JSON.parse(document.getElementById(id)?.textContent ?? 'null');

/** Draws one chart for this page's width and colours; what stood there before goes. */
async function draw(chart: HTMLElement, darkTheme: object): Promise<Result | null> {
  const { wide, narrow } = readJson(`${chart.id}-spec`);
  const spec: VisualizationSpec = NARROW.matches ? narrow : wide;
  try {
    return await embed(chart, DARK.matches ? { ...spec, config: darkTheme } : spec, {
      ast: true,
      renderer: 'svg',
      loader,
      actions: { export: true, source: false, compiled: false, editor: false },
      downloadFileName: chart.id,
      tooltip: { theme: DARK.matches ? 'dark' : 'light' },
    });
  } catch (error) {
    chart.textContent = `This chart could not be drawn: ${error instanceof Error ? error.message : String(error)}`;
    return null;
  }
}

async function drawAll(): Promise<void> {
  const darkTheme = readJson('dark-theme');
  const charts = Array.from(document.querySelectorAll<HTMLElement>('.chart'));
  let drawn: (Result | null)[] = [];
  const redraw = async () => {
    for (const result of drawn) result?.finalize();
    drawn = [];
    for (const chart of charts) drawn.push(await draw(chart, darkTheme));
    document.documentElement.dataset.charts = 'drawn';
  };
  for (const query of [DARK, NARROW]) query.addEventListener('change', redraw);
  await fontsReady();
  await redraw();
}

/** The value a cell sorts by: its number where it has one; nulls last. */
function sortKey(row: HTMLTableRowElement, column: number): number | string {
  const { dataset, textContent } = row.cells[column];
  return dataset.sort === undefined ? (textContent ?? '') : Number(dataset.sort);
}

const collator = new Intl.Collator('en', { numeric: true });

function compare(a: number | string, b: number | string): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === typeof b) return collator.compare(String(a), String(b));
  return typeof a === 'number' ? -1 : 1;
}

const headsOf = (table: HTMLTableElement) => Array.from(table.tHead?.rows[0].cells ?? []);

/** First click ascends, the next descends. */
function sortBy(table: HTMLTableElement, head: HTMLTableCellElement): void {
  const ascending = head.getAttribute('aria-sort') !== 'ascending';
  for (const other of headsOf(table)) other.removeAttribute('aria-sort');
  head.setAttribute('aria-sort', ascending ? 'ascending' : 'descending');
  const body = table.tBodies[0];
  const rows = Array.from(body.rows, row => ({ row, key: sortKey(row, head.cellIndex) }));
  rows.sort((a, b) => {
    const mixed = typeof a.key !== typeof b.key;
    return compare(a.key, b.key) * (ascending || mixed ? 1 : -1);
  });
  body.append(...rows.map(({ row }) => row));
}

function makeSortable(table: HTMLTableElement): void {
  for (const head of headsOf(table)) {
    head.tabIndex = 0;
    head.classList.add('sorts');
    head.addEventListener('click', () => sortBy(table, head));
    head.addEventListener('keydown', event => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      sortBy(table, head);
    });
  }
}

document.querySelectorAll<HTMLTableElement>('figure.table table').forEach(makeSortable);
void drawAll();
