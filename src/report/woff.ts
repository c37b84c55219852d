import { deflateSync } from 'node:zlib';

const SFNT_HEADER = 12;
const SFNT_ENTRY = 16;
const WOFF_HEADER = 44;
const WOFF_ENTRY = 20;

const padded = (length: number) => Math.ceil(length / 4) * 4;

/**
 * A TrueType font as WOFF 1.0, which every browser reads and which is less than half as long.
 *
 * Source: W3C, WOFF File Format 1.0, sections 3 to 5: a header, a directory, each table deflated where that shortens it.
 */
export function encodeWoff(sfnt: Buffer): Buffer {
  const count = sfnt.readUInt16BE(4);
  const directory = Buffer.alloc(WOFF_ENTRY * count);
  const tables: Buffer[] = [];
  let offset = WOFF_HEADER + directory.length;
  let unpacked = SFNT_HEADER + SFNT_ENTRY * count;
  for (let i = 0; i < count; i++) {
    const entry = SFNT_HEADER + SFNT_ENTRY * i;
    const [checksum, start, length] = [4, 8, 12].map(field => sfnt.readUInt32BE(entry + field));
    const table = sfnt.subarray(start, start + length);
    const deflated = deflateSync(table, { level: 9 });
    const stored = deflated.length < length ? deflated : table;
    sfnt.copy(directory, WOFF_ENTRY * i, entry, entry + 4);
    [offset, stored.length, length, checksum].forEach((value, field) => {
      directory.writeUInt32BE(value, WOFF_ENTRY * i + 4 + 4 * field);
    });
    tables.push(stored, Buffer.alloc(padded(stored.length) - stored.length));
    offset += padded(stored.length);
    unpacked += padded(length);
  }
  const header = Buffer.alloc(WOFF_HEADER);
  header.write('wOFF', 0, 'latin1');
  sfnt.copy(header, 4, 0, 4);
  header.writeUInt32BE(offset, 8);
  header.writeUInt16BE(count, 12);
  header.writeUInt32BE(unpacked, 16);
  header.writeUInt16BE(1, 20);
  return Buffer.concat([header, directory, ...tables]);
}
