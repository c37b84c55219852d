import type { Corpus, Document } from './corpus.js';
import type { Kept } from './data-cache.js';

interface Packed {
  readonly name: string;
  readonly sha256: string;
  readonly documents: readonly (Omit<Document, 'text'> & { readonly bytes: number; readonly heldOut: boolean })[];
}

/** A corpus as one tensor: the UTF-8 text of all documents, the held-out ones last. */
export function packCorpus({ name, sha256, train, heldOut }: Corpus): Kept {
  const texts: Uint8Array[] = [];
  const pack = (held: boolean) => (document: Document) => {
    const { text, ...rest } = document;
    const bytes = Buffer.from(text);
    texts.push(bytes);
    return { ...rest, bytes: bytes.length, heldOut: held };
  };
  const packed: Packed = { name, sha256, documents: [...train.map(pack(false)), ...heldOut.map(pack(true))] };
  const values = new Uint8Array(Buffer.concat(texts));
  return {
    tensors: new Map([['text', { dims: [values.length], values }]]),
    metadata: { corpus: JSON.stringify(packed) },
  };
}

export function unpackCorpus({ tensors, metadata }: Kept): Corpus {
  const { name, sha256, documents } = JSON.parse(metadata.corpus) as Packed;
  const values = tensors.get('text')!.values as Uint8Array;
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let at = 0;
  const unpacked = documents.map(({ bytes, heldOut, ...rest }) => {
    const text = decoder.decode(values.subarray(at, at + bytes));
    at += bytes;
    return { heldOut, document: { ...rest, text } };
  });
  const half = (held: boolean) => unpacked.filter(({ heldOut }) => heldOut === held).map(({ document }) => document);
  return { name, sha256, train: half(false), heldOut: half(true) };
}
