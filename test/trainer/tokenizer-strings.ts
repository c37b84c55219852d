import { loadCorpus } from '../../src/trainer/corpus-sources.js';
import { trainTokenizer } from '../../src/trainer/tokenizer.js';

/** Text that separates tokenizers: white space, scripts, long runs, composed signs, control characters. */
export const HARD = [
  '',
  ' ',
  '   ',
  'two  spaces,   three',
  'tab\there\n\nlines \n end ',
  '\r\nwindows\r\n',
  'next\u0085line \u00a0no-break\u2028line\u2029paragraph\ufeffmark',
  "don't won't I'll you're",
  'x1y22z333 3.14159 1,000,000 12345678901234567890123456789012345',
  'a'.repeat(31),
  'b'.repeat(32),
  'c'.repeat(33),
  ` ${'d'.repeat(70)} `,
  ' '.repeat(70),
  '-'.repeat(40),
  'naïve café Ωμέγα русский العربية हिन्दी 漢字かな 한국어',
  '👩‍👧 🇬🇧 e\u0301 \u{1d54f} ½ ² ⅷ',
  '\0\u0001\u007f\u009f\u00ad',
  '__init__(self) -> None: # ++i; <b>&amp;</b>',
];

export const VOCABULARIES = [300, 512, 4096];

/** Tokenizers learned on Moby-Dick, and 1000 strings that its held-out chapters are cut into. */
export async function moby() {
  const { train, heldOut } = await loadCorpus('moby-dick');
  const texts = train.map(({ text }) => text);
  const rest = heldOut.map(({ text }) => text).join('\n');
  return {
    train: texts,
    tokenizers: VOCABULARIES.map(size => trainTokenizer(texts, size)),
    strings: Array.from({ length: 1000 }, (_, i) => rest.slice(i * 71, i * 71 + 71 + (i % 13))),
  };
}
