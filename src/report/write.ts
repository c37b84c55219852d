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
    throw error;
  }
}

/**
 * Writes a chart as its file name says: .svg, .png, or .json for the Vega-Lite specification.
 *
 * @param options.scale pixels of a PNG per pixel of the chart, default 2
 */
export async function writeChart(spec: ChartSpec, file: string, { scale = 2 }: { scale?: number } = {}): Promise<void> {
  switch (extname(file).toLowerCase()) {
    case '.svg':
      return writeWhole(file, await renderSvg(spec));
    case '.png':
      return writeWhole(file, await renderPng(spec, { scale }));
    case '.json':
      return writeWhole(file, `${JSON.stringify(spec, null, 2)}\n`);
    default:
      return fail(mustBe('chart file', 'a name that ends in .svg, .png or .json', file));
  }
}
