import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import test from 'ava';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { lossComputeChart } from '../../src/chart/index.js';
import { buildReport, type ReportContent } from '../../src/report/index.js';
import { sample } from '../report/sample.js';

const HOSTILE = `"><img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;

/** A report whose every name tries to become markup. */
const hostile: ReportContent = {
  title: HOSTILE,
  sections: [
    {
      title: HOSTILE,
      blocks: [
        { kind: 'table', columns: [{ key: 'a', title: HOSTILE }], rows: [{ a: HOSTILE }] },
        {
          kind: 'chart',
          draw: size =>
            lossComputeChart(
              {
                title: HOSTILE,
                groupTitle: 'image',
                points: [
                  { name: HOSTILE, compute: 1e18, loss: 3, group: HOSTILE },
                  { name: 'b', compute: 1e19, loss: 2, group: 'b' },
                ],
              },
              size,
            ),
        },
      ],
    },
  ],
};

let browser: Browser;
let folder: string;

test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shapelaw-page-'));
  for (const [name, content] of Object.entries({ sample, hostile }))
    await writeFile(join(folder, `${name}.html`), await buildReport(content));
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
});

test.after.always(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

interface Visit {
  readonly page: Page;
  /** Addresses asked for, beside the file itself and data inside it. */
  readonly requests: string[];
  /** Errors and warnings on the console, and uncaught errors. */
  readonly complaints: string[];
}

/** Opens a page from disk and waits until its charts are drawn. */
async function open(name: string, options: BrowserContextOptions = {}): Promise<Visit> {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })).newPage();
  const url = pathToFileURL(join(folder, `${name}.html`)).href;
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('request', request => {
    if (request.url() !== url && !request.url().startsWith('data:')) requests.push(request.url());
  });
  page.on('console', message => {
    if (message.type() !== 'log') complaints.push(message.text());
  });
  page.on('pageerror', error => complaints.push(error.message));
  await page.goto(url);
  if (options.javaScriptEnabled !== false) await page.waitForSelector('html[data-charts=drawn]');
  return { page, requests, complaints };
}

const CHARTS = sample.sections
  .flatMap(({ blocks }) => blocks)
  .filter(block => typeof block === 'object' && block.kind === 'chart').length;

for (const [what, options] of Object.entries({
  wide: {},
  narrow: { viewport: { width: 400, height: 800 } },
  dark: { colorScheme: 'dark' },
} satisfies Record<string, BrowserContextOptions>))
  test.serial(
    `the report opens from disk, ${what}: all charts drawn, nothing asked for, nothing to complain`,
    async t => {
      const { page, requests, complaints } = await open('sample', options);
      t.is(await page.locator('.chart svg.marks').count(), CHARTS);
      t.deepEqual(requests, []);
      t.deepEqual(complaints, []);
      const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      t.true(excess <= 0, 'the page does not scroll sideways');
    },
  );

test.serial('charts in the page are as wide as the same charts drawn without a browser', async t => {
  const { page } = await open('sample');
  const widths = await page
    .locator('.chart svg.marks')
    .evaluateAll(svgs => svgs.map(svg => svg.getBoundingClientRect().width));
  for (const width of widths) t.true(width >= 700 && width <= 724, `${width}`);
});

test.serial('pointing at a mark shows its values', async t => {
  const { page } = await open('sample');
  await page.locator('#chart-2 .mark-symbol path').last().hover();
  const tip = page.locator('#vg-tooltip-element.visible');
  await tip.waitFor();
  t.regex((await tip.textContent()) ?? '', /planned run.*5\u00d710\u00b2\u00b2.*Interval/);
});

test.serial('a click on a heading sorts the table, another turns it round; missing values stay last', async t => {
  const { page } = await open('sample');
  const column = async (n: number) => page.locator(`figure.table tbody td:nth-child(${n})`).allTextContents();
  const head = page.locator('figure.table th', { hasText: 'SQuAD' });
  await head.click();
  t.deepEqual(
    (await column(5)).map(text => text.slice(0, 5)),
    ['80.39', '84.12', '85.14', '87.84', '89.21', '\u2013'],
  );
  t.is(await head.getAttribute('aria-sort'), 'ascending');
  await head.press('Enter');
  t.deepEqual(
    (await column(5)).map(text => text.slice(0, 5)),
    ['89.21', '87.84', '85.14', '84.12', '80.39', '\u2013'],
  );
});

test.serial('without scripts the tables and still pictures of the charts are there', async t => {
  const { page, requests } = await open('sample', { javaScriptEnabled: false });
  t.is(await page.locator('figure.table tbody tr').count(), 6);
  const sizes = await page
    .locator('noscript img')
    .evaluateAll(images => images.map(image => (image as HTMLImageElement).naturalWidth));
  t.is(sizes.length, CHARTS);
  t.true(sizes.every(width => width > 600));
  t.deepEqual(requests, []);
});

test.serial('hostile names stay text, in the page, the chart and the tooltip', async t => {
  const { page, requests, complaints } = await open('hostile');
  await page.locator('#chart-1 .mark-symbol path').first().hover();
  await page.locator('#vg-tooltip-element.visible').waitFor();
  t.true((await page.locator('#vg-tooltip-element').textContent())?.includes(HOSTILE));
  t.is(await page.title(), HOSTILE);
  t.is(await page.locator('img').count(), 0);
  t.true((await page.locator('h1').textContent()) === HOSTILE);
  t.deepEqual([requests, complaints], [[], []]);
});
