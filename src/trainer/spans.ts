import { fail, mustBe, type Random } from '../base/index.js';
import { EOS } from './tokenizer.js';

// Span corruption, T5's pre-training task (Raffel et al. 2020, section 3.1.4 and the algorithm of its released
// preprocessors): some spans of the window are cut out, each leaves a sentinel, and the decoder writes what was cut.
//   window    the whale swam away from the ship
//   encoder   the <0> away from <1> </s>
//   targets   <0> whale swam <1> the ship </s>

/** Lengths of one corrupted window; they follow from encLen, so that no batch needs padding. */
export interface SpanPlan {
  /** Raw tokens. */
  readonly window: number;
  /** Tokens cut out. */
  readonly noise: number;
  readonly spans: number;
  /** Encoder tokens, eos included. */
  readonly encLen: number;
  /** Decoder tokens, eos included. */
  readonly decLen: number;
}

/** Share of the tokens cut out, and mean length of a span. Source: Raffel et al. 2020, table 8. */
const NOISE_DENSITY = 0.15;
const MEAN_SPAN = 3;

/** Halves go to the even neighbour, as in TensorFlow and Python. */
const roundHalfEven = (value: number) => (Math.abs(value % 1) === 0.5 ? 2 * Math.round(value / 2) : Math.round(value));

/** Lengths that a raw window of `window` tokens, 2 and up, is corrupted to. */
export function spanLengths(window: number): SpanPlan {
  const noise = Math.min(Math.max(roundHalfEven(window * NOISE_DENSITY), 1), window - 1);
  const spans = Math.max(roundHalfEven(noise / MEAN_SPAN), 1);
  return { window, noise, spans, encLen: window - noise + spans + 1, decLen: noise + spans + 1 };
}

/**
 * The longest window whose encoder side has `encLen` tokens.
 *
 * @example planSpans(512).window // => 568, and decLen 114: T5's own
 */
export function planSpans(encLen: number): SpanPlan {
  if (!(Number.isInteger(encLen) && encLen >= 3)) fail(mustBe('enc_len', 'an integer from 3 and up', encLen));
  // a token more makes the encoder side longer by 0 or 1, so every length is met
  let window = encLen - 1;
  while (spanLengths(window + 1).encLen <= encLen) window++;
  return spanLengths(window);
}

/** Which tokens of a window are cut out: 1 in spans that follow kept spans, the first token kept, the last cut. */
export function noiseMask({ window, noise, spans }: SpanPlan, random: Random): Uint8Array {
  const cut = randomSegments(noise, spans, random);
  const kept = randomSegments(window - noise, spans, random);
  const mask = new Uint8Array(window);
  let at = 0;
  for (let k = 0; k < spans; k++) {
    at += kept[k];
    mask.fill(1, at, at + cut[k]);
    at += cut[k];
  }
  return mask;
}

/**
 * Cuts `items` into `segments` lengths of 1 and up, every such cut equally likely: which items but the first begin a
 * segment is a random subset, drawn by Floyd's algorithm (Bentley and Floyd 1987), where T5 shuffles.
 */
function randomSegments(items: number, segments: number, random: Random): number[] {
  const starts = new Uint8Array(items - 1);
  for (let i = items - segments; i < items - 1; i++) {
    const j = random.integer(i + 1);
    starts[starts[j] ? i : j] = 1;
  }
  const lengths = [1];
  for (const start of starts) {
    if (start) lengths.push(1);
    else lengths[lengths.length - 1]++;
  }
  return lengths;
}

/** Both sides of a masked window: a run of cut tokens is one sentinel to the encoder, a kept run one to the decoder. */
export function corruptSpans(
  ids: ArrayLike<number>,
  mask: ArrayLike<number>,
  sentinel: (k: number) => number,
): { encoder: number[]; targets: number[] } {
  const side = (hidden: 0 | 1) => {
    const out: number[] = [];
    let runs = 0;
    for (let i = 0; i < ids.length; i++) {
      if (mask[i] !== hidden) out.push(ids[i]);
      else if (i === 0 || mask[i - 1] !== hidden) out.push(sentinel(runs++));
    }
    return [...out, EOS];
  };
  return { encoder: side(1), targets: side(0) };
}
