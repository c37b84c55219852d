import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { theme } from '../chart/index.js';
import { bundleScript } from './bundle.js';
import type { Block, ChartBlock, ReportContent, Section } from './content.js';
import { fontFiles } from './font.js';
import { type Html, html, jsonBlock, nothing, scriptText, trusted } from './html.js';
import { inline } from './inline.js';
import { renderSvg } from './render.js';
import { STYLE } from './style.js';
import { tableBlock } from './table.js';
import { encodeWoff } from './woff.js';

/** Widths of a chart on a wide page and on a phone, in pixels. */
const WIDTHS = { wide: 720, narrow: 344 } as const;

/**
 * A report as one HTML file that opens from disk and asks the network for nothing.
 *
 * Charts are interactive where scripts run and still pictures where they do not; tables sort on click.
 * All text is escaped. The page's own policy allows its one script, by hash, and no evaluation of text as code.
 */
export async function buildReport(content: ReportContent): Promise<string> {
  const [script, fonts] = await Promise.all([bundleScript(), fontFaces()]);
  const code = scriptText(script);
  const sections = await numbered(content.sections);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyFor(code)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${content.title}</title>
<style>${fonts}${trusted(STYLE)}</style>
</head>
<body>
${header(content)}
${contentsList(content.sections)}
<main>
${sections}
<footer>One file, made by shapelaw. It asks the network for nothing.</footer>
</main>
<script type="application/json" id="dark-theme">${jsonBlock(theme({ dark: true }))}</script>
<script>${trusted(code)}</script>
</body>
</html>
`.markup;
}

/** What the page may do: run the one script, use styles, and show pictures and fonts that it carries itself. */
function policyFor(code: string): string {
  const hash = createHash('sha256').update(code).digest('base64');
  return [
    "default-src 'none'",
    `script-src 'sha256-${hash}'`,
    "style-src 'unsafe-inline'",
    'img-src data: blob:',
    'font-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

async function fontFaces(): Promise<Html> {
  const faces = Object.entries(fontFiles()).map(async ([weight, file]) => {
    const data = encodeWoff(await readFile(file)).toString('base64');
    return `@font-face{font-family:"Source Sans 3";font-weight:${weight};src:url(data:font/woff;base64,${data})}`;
  });
  return trusted((await Promise.all(faces)).join('\n'));
}

const sectionId = (index: number) => `section-${index + 1}`;

const contentsList = (sections: readonly Section[]): Html => html`<nav aria-label="Contents"><ol>
${sections.map(({ title }, i) => html`<li><a href="#${sectionId(i)}">${title}</a></li>\n`)}</ol></nav>`;

const header = ({ title, lede, facts = [] }: ReportContent): Html => html`<header>
<h1>${title}</h1>
${lede ? html`<p class="lede">${inline(lede)}</p>` : nothing}
${facts.length > 0 ? html`<dl>${facts.map(({ label, value }) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>` : nothing}
</header>`;

/** Sections in order; charts are numbered through the whole report. */
async function numbered(sections: readonly Section[]): Promise<Html[]> {
  let charts = 0;
  const done: Html[] = [];
  for (const [i, { title, blocks }] of sections.entries()) {
    const body: Html[] = [];
    for (const block of blocks) body.push(isChart(block) ? await chartBlock(block, ++charts) : blockOf(block));
    done.push(html`<section id="${sectionId(i)}">\n<h2>${title}</h2>\n${body}</section>\n`);
  }
  return done;
}

const isChart = (block: Block): block is ChartBlock => typeof block === 'object' && block.kind === 'chart';

function blockOf(block: Exclude<Block, ChartBlock>): Html {
  if (typeof block === 'string') return html`<p>${inline(block)}</p>\n`;
  switch (block.kind) {
    case 'table':
      return tableBlock(block);
    case 'list':
      return html`<ul>${block.items.map(item => html`<li>${inline(item)}</li>`)}</ul>\n`;
    case 'note':
      return html`<aside class="${block.tone === 'warning' ? 'warning' : 'info'}">${inline(block.text)}</aside>\n`;
  }
}

/** What screen readers are told inside a drawing, which they do not enter when it is a picture: half of its length. */
const withoutRoles = (svg: string) =>
  svg.replace(/<[^>]*>/g, tag => tag.replace(/ (?:aria-[a-z]+|role|class|pointer-events)="[^"]*"/g, ''));

/** A chart: the specifications for the script, and a still picture for readers without one. */
async function chartBlock({ draw, caption }: ChartBlock, number: number): Promise<Html> {
  const id = `chart-${number}`;
  const specs = { wide: draw({ width: WIDTHS.wide }), narrow: draw({ width: WIDTHS.narrow }) };
  const still = Buffer.from(withoutRoles(await renderSvg(specs.wide))).toString('base64');
  return html`<figure class="drawing">
<div class="chart" id="${id}"></div>
<noscript><img alt="${String(specs.wide.description ?? '')}" src="data:image/svg+xml;base64,${still}"></noscript>
<script type="application/json" id="${id}-spec">${jsonBlock(specs)}</script>
${caption ? html`<figcaption>${inline(caption)}</figcaption>` : nothing}
</figure>
`;
}
