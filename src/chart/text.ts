/**
 * Advance widths of the printable ASCII characters (codes 32 to 126), in thousandths of the font size.
 * Source: Source Sans 3 (OFL 1.1), regular, read from its hmtx table.
 */
const WIDTHS = [
  200, 289, 426, 497, 497, 824, 609, 249, 303, 303, 418, 497, 249, 311, 249, 350, 497, 497, 497, 497, 497, 497, 497,
  497, 497, 497, 249, 249, 497, 497, 497, 425, 847, 543, 588, 571, 615, 527, 494, 617, 652, 263, 479, 579, 486, 727,
  647, 664, 566, 664, 569, 534, 536, 645, 515, 786, 513, 476, 539, 303, 350, 303, 497, 500, 542, 504, 553, 456, 555,
  496, 292, 504, 544, 246, 247, 495, 255, 829, 547, 542, 555, 555, 347, 419, 338, 544, 467, 719, 446, 467, 425, 303,
  241, 303, 497,
];
const OTHER_WIDTH = 560;
const WIDE_WIDTH = 1000;
/** East Asian scripts and pictures, set on a square. */
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{1f300}-\u{1faff}]/u;

/** Semibold over regular, averaged over running text. */
const BOLD = 1.035;

function advance(character: string): number {
  const known = WIDTHS[character.charCodeAt(0) - 32];
  if (character.length === 1 && known !== undefined) return known;
  return WIDE.test(character) ? WIDE_WIDTH : OTHER_WIDTH;
}

/**
 * Width of a line of text, in pixels, without a canvas; within a few percent for Latin text.
 *
 * @param size font size in pixels
 * @example textWidth('Base36L', 13) // => 45.331
 */
export function textWidth(text: string, size: number, { bold = false } = {}): number {
  let thousandths = 0;
  for (const character of text) thousandths += advance(character);
  return (thousandths / 1000) * size * (bold ? BOLD : 1);
}

/** Breaks text between words into lines of at most `width` pixels; a longer word has its own line. */
export function wrapText(text: string, width: number, size: number, options: { bold?: boolean } = {}): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && textWidth(`${last} ${word}`, size, options) <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

const NARROWER = 0.96;

/** As `wrapText`, with lines of like length: as narrow as the number of lines allows. */
export function balanceText(text: string, width: number, size: number, options: { bold?: boolean } = {}): string[] {
  let lines = wrapText(text, width, size, options);
  for (let less = width * NARROWER; less > width / 2; less *= NARROWER) {
    const narrower = wrapText(text, less, size, options);
    if (narrower.length > lines.length) break;
    lines = narrower;
  }
  return lines;
}

/**
 * Text from data, safe to draw: characters that no XML may hold become spaces. The rest stays as it is;
 * markup in it stays text, since nothing here builds markup or expressions from data.
 */
export const plainText = (text: string) => text.replace(/[\p{Cc}\p{Cs}\ufffe\uffff]/gu, ' ');
