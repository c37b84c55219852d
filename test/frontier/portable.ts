/** The point sets of bench/peers/frontier_golden.py, digit for digit: 32-bit generator, sums and differences only. */
export function portablePoints(kind: string, axes: number, count: number, seed: number): Float64Array[] {
  const uniform = uniforms(seed);
  const columns = Array.from({ length: axes }, () => new Float64Array(count));
  for (let i = 0; i < count; i++) {
    const row = Array.from({ length: axes }, uniform);
    for (let j = 0; j < axes; j++) {
      if (kind === 'grid') columns[j][i] = Math.floor(row[j] * 10);
      else if (kind === 'trade') columns[j][i] = row[j] - row[(j + 1) % axes] + row[(j + 2) % axes] / 8;
      else columns[j][i] = row[j];
    }
  }
  return columns;
}

function uniforms(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** FNV-1a over whole numbers, 32 bits. */
export function checksum(indices: Int32Array): number {
  return indices.reduce((value, index) => Math.imul(value ^ index, 16777619) >>> 0, 2166136261);
}
