/** Buffers by name that grow and are used again, so that a kernel called in a loop allocates only its results. */
export interface Scratch {
  /** At least `length` numbers, holding whatever the last use left there. */
  floats(name: string, length: number): Float64Array;
  ints(name: string, length: number): Int32Array;
  bytes(name: string, length: number): Uint8Array;
}

function pool<A extends { readonly length: number }>(make: (length: number) => A) {
  const kept = new Map<string, A>();
  return (name: string, length: number): A => {
    const old = kept.get(name);
    if (old !== undefined && old.length >= length) return old;
    const made = make(length);
    kept.set(name, made);
    return made;
  };
}

export const createScratch = (): Scratch => ({
  floats: pool<Float64Array>(length => new Float64Array(length)),
  ints: pool<Int32Array>(length => new Int32Array(length)),
  bytes: pool<Uint8Array>(length => new Uint8Array(length)),
});
