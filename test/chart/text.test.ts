import { createRequire } from 'node:module';
import test from 'ava';
import { createCanvas, GlobalFonts } from 'canvas';
import { balanceText, plainText, textWidth, wrapText } from '../../src/chart/text.js';

const { resolve } = createRequire(import.meta.url);
const TEXTS = ['Base36L', 'small-nl16', 'Training compute (FLOPs)', 'XL32L to XXL, parameters', 'WWW iii 0123456789'];

/** Reference: Skia's measurement of the font itself, kerning included. */
function measured(text: string, weight: 400 | 600): number {
  const name = weight === 400 ? '400Regular' : '600SemiBold';
  GlobalFonts.registerFromPath(resolve(`@expo-google-fonts/source-sans-3/${name}/SourceSans3_${name}.ttf`));
  const context = createCanvas(1, 1).getContext('2d');
  context.font = `${weight} 13px "Source Sans 3"`;
  return context.measureText(text).width;
}

for (const text of TEXTS)
  test(`textWidth(${text}) is within 3 % of what a canvas measures`, t => {
    t.true(Math.abs(textWidth(text, 13) / measured(text, 400) - 1) < 0.03);
    t.true(Math.abs(textWidth(text, 13, { bold: true }) / measured(text, 600) - 1) < 0.03);
  });

test('textWidth(text) counts East Asian characters and pictures as squares', t => {
  t.is(textWidth('\u4e2d\u6587', 10), 20);
  t.is(textWidth('\u{1f600}', 10), 10);
});

test('wrapText(text, width) keeps words whole and lines within the width', t => {
  const lines = wrapText('deep and narrow shapes hold most of the frontier', 120, 13);
  t.is(lines.join(' '), 'deep and narrow shapes hold most of the frontier');
  t.true(lines.length > 1 && lines.every(line => textWidth(line, 13) <= 120));
});

test('balanceText(text, width) has as many lines, and no short last one', t => {
  const text = 'Tay et al. 2021, table 4. Orange: the standard sizes, hollow where dominated.';
  const [greedy, balanced] = [wrapText(text, 400, 13), balanceText(text, 400, 13)];
  t.is(balanced.length, greedy.length);
  t.true(textWidth(balanced.at(-1)!, 13) > 2 * textWidth(greedy.at(-1)!, 13));
});

test('plainText(text) drops what no XML may hold, and nothing else', t => {
  t.is(plainText('a\u0000b\u001b[31m\ud800c'), 'a b [31m c');
  t.is(plainText('<b>&"\' \u00e9\u4e2d\u{1f600}'), '<b>&"\' \u00e9\u4e2d\u{1f600}');
});
