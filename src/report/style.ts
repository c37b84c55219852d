/** The look of the report page: one readable column, contents beside it where there is room, dark where the reader asks. */
export const STYLE = `
:root {
  --paper: #ffffff; --ink: #1f2933; --soft: #5b6570; --rule: #d5dae0; --tint: #f4f6f8; --accent: #0072b2;
  --good: #00734f; --bad: #b3400a; --warn: #fdf3e7; --warn-rule: #e69f00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #15191e; --ink: #e8ebee; --soft: #a9b2bc; --rule: #333c45; --tint: #1d232a; --accent: #6fbdf0;
    --good: #4fd0a3; --bad: #ff9a5c; --warn: #2a2115; --warn-rule: #b37d10;
  }
}
* { box-sizing: border-box; }
html { background: var(--paper); color: var(--ink); -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
body {
  margin: 0 auto; padding: 0 20px; max-width: 760px;
  font: 17px/1.55 "Source Sans 3", "Source Sans Pro", "DejaVu Sans", sans-serif;
}
h1 { font-size: 34px; line-height: 1.18; font-weight: 600; letter-spacing: -0.01em; margin: 0 0 12px; text-wrap: balance; }
h2 { font-size: 23px; line-height: 1.25; font-weight: 600; margin: 0 0 10px; text-wrap: balance; }
p, ul { margin: 0 0 14px; max-width: 68ch; }
ul { padding-left: 1.2em; }
li { margin-bottom: 4px; }
a { color: var(--accent); text-decoration-thickness: 1px; text-underline-offset: 2px; }
code { font: 0.86em/1 ui-monospace, "DejaVu Sans Mono", monospace; background: var(--tint); padding: 0.1em 0.15em; border-radius: 3px; }
header { padding: 48px 0 22px; border-bottom: 1px solid var(--rule); }
.lede { font-size: 20px; line-height: 1.45; color: var(--soft); margin-bottom: 18px; text-wrap: pretty; }
dl { display: flex; flex-wrap: wrap; gap: 8px 32px; margin: 0; font-size: 14px; line-height: 1.35; }
dt { color: var(--soft); }
dd { margin: 0; font-weight: 600; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
section { padding-top: 40px; scroll-margin-top: 0; }
nav { font-size: 15px; line-height: 1.35; padding: 20px 0 0; }
nav ol { list-style: none; margin: 0; padding: 0; }
nav li { margin: 0 0 7px; }
nav a { color: var(--soft); text-decoration: none; }
nav a:hover { color: var(--accent); text-decoration: underline; }
figure { margin: 22px 0 26px; }
figcaption { font-size: 15px; line-height: 1.4; color: var(--soft); max-width: 72ch; }
figure.drawing { border-top: 1px solid var(--rule); padding-top: 16px; }
figure.drawing figcaption { margin-top: 6px; }
.chart { position: relative; margin-left: -4px; }
.chart:empty { min-height: 440px; }
.chart svg.marks { display: block; max-width: 100%; height: auto; overflow: visible; }
noscript img { max-width: 100%; }
.chart.vega-embed.has-actions { display: block; padding-right: 0; }
.chart.vega-embed .chart-wrapper { display: block; }
.chart.vega-embed summary { opacity: 0; transition: opacity 0.15s; }
.chart.vega-embed:hover summary, .chart.vega-embed summary:focus-visible { opacity: 0.8; }
figure.table figcaption { margin-bottom: 6px; color: var(--ink); font-weight: 600; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; min-width: 100%; font-size: 15px; line-height: 1.3; font-variant-numeric: tabular-nums lining-nums; }
th, td { text-align: left; padding: 6px 14px 6px 0; vertical-align: baseline; }
td { border-top: 1px solid var(--rule); }
th { vertical-align: bottom; font-weight: 600; white-space: nowrap; border-bottom: 1px solid var(--ink); }
td { max-width: 38ch; }
td:first-child { overflow-wrap: anywhere; min-width: 4em; }
.right { text-align: right; white-space: nowrap; }
th:last-child, td:last-child { padding-right: 10px; }
.right + :not(.right) { padding-left: 12px; }
tbody tr:hover td { background: var(--tint); }
.unit { display: block; font-weight: 400; color: var(--soft); font-size: 13px; }
th.sorts { cursor: pointer; }
th.sorts:hover, th.sorts:focus-visible { color: var(--accent); }
th[aria-sort]::after { content: "\\2009\\2193"; color: var(--accent); }
th[aria-sort=ascending]::after { content: "\\2009\\2191"; }
.right.recalled { color: var(--soft); }
.dagger { display: inline-block; width: 0; line-height: 0; color: var(--bad); }
.good { color: var(--good); font-weight: 600; }
.bad { color: var(--bad); font-weight: 600; }
.soft { color: var(--soft); }
.footnote { font-size: 14px; line-height: 1.4; color: var(--soft); margin: 8px 0 0; }
.footnote sup { color: var(--bad); line-height: 0; }
aside { font-size: 16px; line-height: 1.45; margin: 18px 0; padding: 10px 16px; background: var(--tint); border-left: 3px solid var(--accent); max-width: 70ch; }
aside.warning { background: var(--warn); border-color: var(--warn-rule); }
footer { margin: 56px 0 40px; padding-top: 12px; border-top: 1px solid var(--rule); font-size: 14px; color: var(--soft); }
#vg-tooltip-element { font: 14px/1.35 "Source Sans 3", "DejaVu Sans", sans-serif; max-width: 340px; }
#vg-tooltip-element table { min-width: 0; font-size: 14px; }
#vg-tooltip-element td { border: 0; background: none; }
#vg-tooltip-element td.value { max-width: 220px; overflow-wrap: anywhere; white-space: normal; }
@media (min-width: 1120px) {
  body { display: grid; grid-template: auto auto / 210px 720px; column-gap: 56px; justify-content: center; max-width: none; }
  header, main { grid-column: 2; min-width: 0; }
  /* wide tables run out into the right margin */
  .scroll { width: max-content; min-width: 100%; max-width: calc(720px + (100vw - 986px) / 2 - 24px); }
  nav { grid-area: 1 / 1 / span 2; position: sticky; top: 0; align-self: start; max-height: 100vh; overflow-y: auto; padding: 60px 0 20px; }
}
@media (max-width: 1119px) {
  .scroll table { width: max-content; }
  td { max-width: 26ch; }
  td:first-child { min-width: 6.5em; max-width: 12em; }
  header { padding-top: 28px; }
  nav { border-bottom: 1px solid var(--rule); padding: 16px 0 10px; }
}
@media (max-width: 480px) {
  body { font-size: 16px; padding: 0 16px; }
  h1 { font-size: 27px; }
  h2 { font-size: 21px; }
  .lede { font-size: 18px; }
}
@media print {
  :root { --paper: #ffffff; --ink: #000000; --soft: #444444; --rule: #cccccc; --tint: #f4f6f8; }
  body { display: block; max-width: none; font-size: 11pt; padding: 0; }
  nav, .chart.vega-embed details { display: none; }
  header { padding-top: 0; }
  section { padding-top: 22px; }
  h2, figcaption { break-after: avoid; }
  figure.drawing, aside, tr { break-inside: avoid; }
  .chart svg.marks { max-height: 100mm; width: auto; }
  thead { display: table-header-group; }
  .scroll { overflow: visible; width: auto; max-width: none; }
  a { color: inherit; text-decoration: none; }
}
@page { margin: 18mm 16mm; }
`;
