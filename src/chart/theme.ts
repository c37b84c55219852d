import type { Config } from 'vega-lite';

/** The family every chart is set in; quoted, since its last word is a number. Falls back to what the reader has. */
export const FONT = '"Source Sans 3", "Source Sans Pro", "DejaVu Sans", sans-serif';

/** Text sizes in pixels. */
export const SIZE = { title: 16, label: 13, note: 12 } as const;

/** Space left of the plot for the labels of the y axis, and right of it, in pixels: fixed, so that label placement knows the plot's width. */
export const MARGIN = { left: 52, right: 12 } as const;

/** Space above the plot for the title of the y axis, in pixels: Vega's layout does not see that title. */
export const HEADROOM = 26;

/**
 * Colours that differ under the common colour-vision deficiencies too.
 * Source: Okabe and Ito 2008; its yellow and black are left out (no contrast on paper; taken by the text).
 */
const LIGHT = {
  paper: '#ffffff',
  ink: '#1f2933',
  soft: '#5b6570',
  rule: '#98a2ad',
  grid: '#e7eaee',
  muted: '#b6bec7',
  accent: '#d55e00',
  category: ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00', '#7a5195', '#8a939d'],
  ramp: ['#f0a73a', '#d5643f', '#a03a63', '#5d2a72', '#241a56'],
};

const DARK: typeof LIGHT = {
  paper: '#15191e',
  ink: '#e8ebee',
  soft: '#a9b2bc',
  rule: '#6b7682',
  grid: '#2a323a',
  muted: '#66717d',
  accent: '#ff8a3d',
  category: ['#4aa8e0', '#f0b848', '#3cc49b', '#e3a0c6', '#9ad4f5', '#ff8a3d', '#b493d6', '#99a3ad'],
  ramp: ['#5d4a9c', '#a0508f', '#d9677a', '#f29a5f', '#fbd786'],
};

/** Places in the palette whose light variant needs light text upon it. */
export const DARK_FILLS: readonly number[] = [0, 2, 5, 6];

/** Number of colours that a legend of names can carry; the last one stands for the rest. */
export const COLOUR_COUNT = LIGHT.category.length;

/**
 * The one look of all charts, as a Vega-Lite config.
 *
 * Marks name a style (`points`, `curve`, `band`, `muted`, `accent`, `name`, `leader`, ...) and never a colour,
 * so the dark variant is another config over the same spec.
 *
 * @param options.dark light marks on dark paper, default false
 */
export function theme({ dark = false }: { dark?: boolean } = {}): Config {
  const colour = dark ? DARK : LIGHT;
  return {
    background: colour.paper,
    font: FONT,
    padding: 4,
    autosize: { type: 'pad', contains: 'padding' },
    view: { stroke: null },
    range: { category: colour.category, ordinal: colour.ramp, ramp: colour.ramp, heatmap: colour.ramp },
    title: {
      anchor: 'start',
      frame: 'bounds',
      align: 'left',
      offset: 14,
      fontSize: SIZE.title,
      fontWeight: 600,
      lineHeight: 20,
      color: colour.ink,
      subtitleFontSize: SIZE.label,
      subtitleColor: colour.soft,
      subtitleLineHeight: 17,
      subtitlePadding: 5,
    },
    axis: {
      domain: false,
      grid: true,
      gridColor: colour.grid,
      gridWidth: 1,
      ticks: false,
      labelColor: colour.soft,
      labelFontSize: SIZE.label,
      labelPadding: 7,
      labelOverlap: true,
      titleColor: colour.ink,
      titleFontSize: SIZE.label,
      titleFontWeight: 'normal',
      titlePadding: 10,
    },
    axisX: { grid: false, domain: true, domainColor: colour.rule, ticks: true, tickColor: colour.rule, tickSize: 4 },
    axisY: { minExtent: MARGIN.left - 8, maxExtent: MARGIN.left - 8 },
    legend: {
      orient: 'top',
      direction: 'horizontal',
      offset: HEADROOM + 4,
      titleOrient: 'left',
      padding: 0,
      labelColor: colour.ink,
      labelFontSize: SIZE.label,
      labelLimit: 180,
      symbolType: 'circle',
      symbolSize: 70,
      symbolStrokeWidth: 0,
      symbolOpacity: 1,
      titleColor: colour.soft,
      titleFontSize: SIZE.label,
      titleFontWeight: 'normal',
      titlePadding: 10,
      titleLimit: 240,
      columnPadding: 14,
      rowPadding: 4,
      gradientLength: 150,
      gradientThickness: 9,
    },
    style: {
      excluded: { filled: true, color: colour.paper, stroke: colour.muted, strokeWidth: 1.4, opacity: 1 },
      points: { filled: true, color: colour.category[0], opacity: 0.8, stroke: colour.paper, strokeWidth: 0.6 },
      frontier: { filled: true, color: colour.category[0], opacity: 1, size: 64 },
      muted: { filled: true, color: colour.muted, opacity: 1, size: 36 },
      accent: { filled: true, color: colour.accent, opacity: 1, size: 64 },
      target: { filled: true, color: colour.accent, shape: 'diamond', opacity: 1 },
      interval: { color: colour.accent, strokeWidth: 1.6 },
      accentHollow: { filled: true, color: colour.paper, stroke: colour.accent, strokeWidth: 2, opacity: 1 },
      ring: { filled: true, color: colour.paper, stroke: colour.ink, opacity: 1, size: 120, strokeWidth: 1.6 },
      row: { color: colour.grid, strokeWidth: 1 },
      curve: { color: colour.ink, strokeWidth: 1.6 },
      step: { color: colour.category[0], strokeWidth: 1.8, opacity: 0.9 },
      band: { color: colour.soft, opacity: 0.16 },
      region: { color: colour.grid, opacity: 0.45 },
      segment: { stroke: colour.paper, strokeWidth: 1, opacity: 1 },
      zero: { color: colour.rule, strokeWidth: 1.2 },
      link: { color: colour.rule, strokeWidth: 2 },
      leader: { color: colour.rule, strokeWidth: 0.8 },
      name: { color: colour.ink, fontSize: SIZE.label, limit: 170 },
      nameAccent: { color: colour.accent, fontSize: SIZE.label, fontWeight: 600, limit: 170 },
      onDark: { color: colour.paper, fontSize: SIZE.note },
      onLight: { color: dark ? colour.paper : colour.ink, fontSize: SIZE.note },
      note: { color: colour.soft, fontSize: SIZE.note },
    },
  };
}
