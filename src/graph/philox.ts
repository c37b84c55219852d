/** Words of a counter or of a result. */
type Block = readonly [number, number, number, number];

/** a * b as its high and low 32 bits. */
function multiply(a: number, b: number): [number, number] {
  const [aHigh, aLow, bHigh, bLow] = [a >>> 16, a & 0xffff, b >>> 16, b & 0xffff];
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16); // below 2^32
  const carried = aLow * bHigh + (middle & 0xffff);
  return [(aHigh * bHigh + (middle >>> 16) + (carried >>> 16)) >>> 0, Math.imul(a, b) >>> 0];
}

/**
 * Ten rounds of Philox 4x32: random words from a counter and a key.
 * Source: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3".
 */
export function philox([a, b, c, d]: Block, [low, high]: readonly [number, number]): Block {
  for (let round = 0; round < 10; round++) {
    const [keyA, keyC] = [low + Math.imul(round, 0x9e3779b9), high + Math.imul(round, 0xbb67ae85)];
    const [highA, lowA] = multiply(a, 0xd2511f53);
    const [highC, lowC] = multiply(c, 0xcd9e8d57);
    [a, b, c, d] = [(highC ^ b ^ keyA) >>> 0, lowC, (highA ^ d ^ keyC) >>> 0, lowA];
  }
  return [a, b, c, d];
}

/** TensorFlow stirs the seed first, so that seeds need not be random themselves. */
const STIR = [0x3ec8f720, 0x02461e29] as const;

/**
 * Random words: those of TensorFlow's StatelessRandomUniformFullInt, whose bits its other stateless numbers take too.
 * Source: tensorflow/core/kernels/stateless_random_ops.cc, GenerateKey, and random_distributions.h, 2.15.
 *
 * @param seed two int32
 */
function statelessWords([first, second]: Iterable<number>, size: number): Uint32Array {
  const stirred: Block = [first >>> 0, (first >> 31) >>> 0, second >>> 0, (second >> 31) >>> 0];
  const [low, high, c, d] = philox(stirred, STIR);
  const words = new Uint32Array(Math.ceil(size / 4) * 4);
  for (let i = 0; i < size; i += 4) words.set(philox([i / 4, 0, c, d], [low, high]), i);
  return words.subarray(0, size);
}

/** Uniform numbers in [0, 1) with 23 random bits. */
export const statelessUniform = (seed: Iterable<number>, size: number): Float32Array =>
  Float32Array.from(statelessWords(seed, size), word => (word & 0x7fffff) / 2 ** 23);

/** 1 where 16 random bits, the lower half of a word before the upper, are below the threshold. */
export const statelessMask = (seed: Iterable<number>, size: number, threshold: number): Uint8Array =>
  Uint8Array.from(new Uint16Array(statelessWords(seed, Math.ceil(size / 2)).slice().buffer, 0, size), bits =>
    bits < threshold ? 1 : 0,
  );
