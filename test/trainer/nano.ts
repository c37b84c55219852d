import { createRandom } from '../../src/base/index.js';
import type { Shape } from '../../src/shape/index.js';
import { type Corpus, createCorpus } from '../../src/trainer/index.js';

/** A shape whose sizes all differ, so that a swapped dimension cannot pass. */
export const NANO: Shape = {
  num_layers: 1,
  num_decoder_layers: 2,
  d_model: 11,
  d_ff: 17,
  d_kv: 5,
  num_heads: 3,
  vocab_size: 300,
  feed_forward_proj: 'relu',
  tie_word_embeddings: true,
};

/** Forty documents of sentences from a few words: text with something to learn, and no file to read. */
export function nanoCorpus(): Corpus {
  const random = createRandom(1);
  const pick = (words: string) => words.split(' ')[random.integer(words.split(' ').length)];
  const sentence = () =>
    `The ${pick('whale ship sea captain')} ${pick('saw left met took')} a ${pick('boat rope man')}. `;
  return createCorpus(
    'nano',
    Array.from({ length: 40 }, () => Array.from({ length: 30 }, sentence).join('')),
  );
}
