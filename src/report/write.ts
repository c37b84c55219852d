import { rename, rm, writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { fail, mustBe } from '../base/index.js';
import type { ChartSpec } from '../chart/index.js';
import { renderPng, renderSvg } from './render.js';

/** Writes a file whole or not at all: beside its place first, then moved there. */
export async function writeWhole(file: string, data: string | Uint8Array): Promise<void> {
  const draft = `${file}.${process.pid}.tmp`;
  try {
    await writeFile(draft, data);
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    const { code = String(error) } = error as NodeJS.ErrnoException;
    fail(`${file} must be a file that can be written, got ${code}`);
  }
}

/** Refuses a name that writeChart cannot write, before the work is done. */
export function checkChartFile(file: string): void {
  if (!['.svg', '.png', '.json'].includes(extname(file).toLowerCase()))
    fail(mustBe('chart file', 'a name that ends in .svg, .png or .json', file));
}

/**
 * Writes a chart as its file name says: .svg, .png, or .json for the Vega-Lite specification.
 *
 * @param options.scale pixels of a PNG per pixel of the chart, default 2
 */
export async function writeChart(spec: ChartSpec, file: string, { scale = 2 }: { scale?: number } = {}): Promise<void> {
  checkChartFile(file);
  switch (extname(file).toLowerCase()) {
    case '.svg':
      return writeWhole(file, await renderSvg(spec));
    case '.png':
      return writeWhole(file, await renderPng(spec, { scale }));
    default:
      return writeWhole(file, `${JSON.stringify(spec, null, 2)}\n`);
  }
}
