import test from 'ava';
import { createCanvas, loadImage } from 'canvas';
import { claimsChart, frontierChart } from '../../src/chart/index.js';
import { renderPng, renderSvg } from '../../src/report/index.js';
import { claims, frontier } from '../chart/samples.js';

const sizeOf = (svg: string) => {
  const [, width, height] = /<svg[^>]* width="(\d+)" height="(\d+)"/.exec(svg) ?? [];
  return { width: Number(width), height: Number(height) };
};

/** How many pixels have each colour. */
async function coloursOf(png: Uint8Array) {
  const image = await loadImage(Buffer.from(png));
  const context = createCanvas(image.width, image.height).getContext('2d');
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, image.height);
  const counts = new Map<string, number>();
  for (let i = 0; i < data.length; i += 4) {
    const colour = data.subarray(i, i + 4).join(' ');
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  return { width: image.width, height: image.height, counts };
}

test('renderSvg(spec) keeps names and title as text, in one width', async t => {
  const svg = await renderSvg(frontierChart(frontier));
  for (const text of ['Small16L', 'XL32L', 'SuperGLUE', 'Operations per step']) t.true(svg.includes(`>${text}<`), text);
  t.true(Math.abs(sizeOf(svg).width - 720) <= 16);
});

test('renderSvg(spec) gives the same text every time', async t => {
  const spec = claimsChart(claims);
  const unnumbered = (svg: string) => svg.replace(/(clip|gradient_)\d+/g, '$1');
  t.is(unnumbered(await renderSvg(spec)), unnumbered(await renderSvg(spec)));
});

test('renderSvg(spec) refuses to load data', async t => {
  const spec = { data: { url: '/etc/hostname' }, mark: 'point' as const };
  t.notRegex(
    await renderSvg({ ...spec, encoding: { x: { field: 'a', type: 'quantitative' } } }),
    /role="graphics-symbol" aria-roledescription="point"/,
  );
});

for (const scale of [1, 2])
  test(`renderPng(spec, { scale: ${scale} }) has ${scale} pixels a pixel, white paper, ink and both colours`, async t => {
    const spec = frontierChart(frontier);
    const [svg, png] = [await renderSvg(spec), await renderPng(spec, { scale })];
    const { width, height, counts } = await coloursOf(png);
    t.deepEqual({ width, height }, { width: sizeOf(svg).width * scale, height: sizeOf(svg).height * scale });
    t.true(counts.get('255 255 255 255')! > 0.5 * width * height);
    for (const colour of ['31 41 51 255', '0 114 178 255', '213 94 0 255'])
      t.true((counts.get(colour) ?? 0) > 20, colour);
  });

test('renderPng(spec) writes text that differs in one letter as different pictures', async t => {
  const titled = (title: string) => renderPng(claimsChart({ ...claims, title }), { scale: 1 });
  t.notDeepEqual(await titled('Ratios'), await titled('Rations'));
});
