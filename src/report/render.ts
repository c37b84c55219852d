import { type ChartSpec, plainText } from '../chart/index.js';
import { fontFiles } from './font.js';

/** Family of the files in `fontFiles`, as they name it. */
const FAMILY = 'Source Sans 3';

/** Characters outside the scripts that our font holds. */
const FOREIGN = /[^\s!-\u052f\u1e00-\u22ff]/;

/** Charts carry their data: nothing is read from disk or network while drawing. */
const closedLoader = {
  load: (uri: string) => Promise.reject(new Error(`charts load nothing, got ${uri}`)),
  sanitize: (uri: string) => Promise.reject(new Error(`charts link nowhere, got ${uri}`)),
  http: () => Promise.reject(new Error('charts load nothing')),
  file: () => Promise.reject(new Error('charts load nothing')),
};

/** Vega measures text on this canvas, so it must know the font. */
async function registerFonts(): Promise<void> {
  const { GlobalFonts } = await import('canvas');
  if (GlobalFonts.has(FAMILY)) return;
  for (const file of Object.values(fontFiles())) GlobalFonts.registerFromPath(file);
}

/** A chart as SVG text. Text stays text, in the first font of the theme's list that the viewer has. */
export async function renderSvg(spec: ChartSpec): Promise<string> {
  const [vega, vegaLite] = await Promise.all([import('vega'), import('vega-lite'), registerFonts()]);
  // A copy, since Vega marks the rows that it draws.
  const runtime = vega.parse(vegaLite.compile(structuredClone(spec)).spec);
  const view = new vega.View(runtime, { renderer: 'none', loader: closedLoader });
  const svg = await view.toSVG();
  view.finalize();
  // Vega may cut a long text between the halves of a character, and no XML may hold a half.
  return plainText(svg);
}

/**
 * A chart as PNG, set in Source Sans 3 whatever fonts the machine has.
 *
 * @param options.scale pixels of the picture per pixel of the chart, default 2
 */
export async function renderPng(spec: ChartSpec, { scale = 2 }: { scale?: number } = {}): Promise<Uint8Array> {
  const [{ Resvg }, svg] = await Promise.all([import('@resvg/resvg-js'), renderSvg(spec)]);
  return new Resvg(svg, {
    fitTo: { mode: 'zoom', value: scale },
    font: {
      fontFiles: Object.values(fontFiles()),
      // Scanning the machine's fonts takes long and makes pictures depend on it: only for what ours cannot write.
      loadSystemFonts: FOREIGN.test(svg),
      defaultFontFamily: FAMILY,
    },
  })
    .render()
    .asPng();
}
