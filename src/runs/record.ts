import { open } from 'node:fs/promises';
import { fail, mustBe, shown } from '../base/index.js';
import { checkShape, type Shape } from '../shape/index.js';
import { readBytes } from './load.js';
import { lines, parseJson } from './read-json.js';

/** One measurement: one line of JSON. Fields beside these are welcome and kept. */
export interface RunRecord {
  readonly name: string;
  readonly kind: 'pretrain' | 'finetune' | 'eval';
  readonly shape?: Shape;
  /** All parameters, embeddings included. */
  readonly params?: number;
  readonly non_embedding_params?: number;
  /** Training tokens seen: those of the encoder, padding excluded. */
  readonly tokens: number;
  /** Floating-point operations of the whole training, 2 a multiply-add. */
  readonly flops?: number;
  /** Held-out cross-entropy, nats per target token. A run that diverged has none. */
  readonly loss?: number;
  /** Score of each task, in the unit the task reports. */
  readonly scores?: Readonly<Record<string, number>>;
  /** Seconds. */
  readonly seconds_per_step?: number;
  readonly steps?: number;
  readonly seed?: number;
  /** What loss and scores were measured on and how: only those of equal fingerprints may be compared. */
  readonly eval_fingerprint?: string;
  /** Target tokens that the loss is the mean over. */
  readonly eval_tokens?: number;
  /** Version that wrote the line. */
  readonly toolkit: string;
  readonly [field: string]: unknown;
}

/** The zod schema of a run record. zod is loaded on the first call. */
export const runRecordSchema = async () => (await import('./schemas.js')).recordSchema;

/** Checks a value as a run record; `where` begins the message. */
export async function parseRecord(value: unknown, where: string): Promise<RunRecord> {
  const { data, error } = (await runRecordSchema()).safeParse(value);
  if (error) return fail(firstIssue(error.issues[0], value, where));
  if (data.shape) checkShape(data.shape, where);
  return data;
}

/** What zod found first, in the form of our own sentences. */
export function firstIssue(
  { path, message }: { readonly path: readonly PropertyKey[]; readonly message: string },
  value: unknown,
  where: string,
): string {
  const found = path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key], value);
  const got = typeof found === 'object' && found !== null ? JSON.stringify(found) : found;
  const rule = /expected (.+?)(?:, received .*)?$/.exec(message)?.[1] ?? message.toLowerCase();
  return mustBe(`${where}: ${path.map(String).join('.') || 'record'}`, rule.replace(' to be ', ' '), got);
}

const NEWLINE = 10;

/**
 * Appends one record as one line of JSON.
 *
 * The line goes out in one write to a file opened for appending, so that many processes may share a file on a
 * local disk; network file systems do not promise that: give each process a file of its own there. Where an
 * earlier writer was cut off inside a line, the record starts a line of its own.
 *
 * @param options.fsync whether to wait until the line is on disk; defaults to true
 */
export async function appendRecord(file: string, record: RunRecord, { fsync = true } = {}): Promise<void> {
  const line = `${JSON.stringify(await parseRecord(record, `record for ${file}`))}\n`;
  const handle = await open(file, 'a+').catch((error: Error) => fail(`${file} must be writable, got ${error.message}`));
  try {
    const { size } = await handle.stat();
    const last = size > 0 ? (await handle.read(Buffer.alloc(1), 0, 1, size - 1)).buffer[0] : NEWLINE;
    const bytes = Buffer.from(last === NEWLINE ? line : `\n${line}`);
    const { bytesWritten } = await handle.write(bytes);
    if (bytesWritten !== bytes.length)
      fail(`${file} must take ${bytes.length} bytes at once, got ${bytesWritten}: disk full?`);
    if (fsync) await handle.sync();
  } finally {
    await handle.close();
  }
}

export interface LoadedRecords {
  readonly records: readonly RunRecord[];
  /** Line of each record, from 1. */
  readonly rowNumbers: readonly number[];
  /** One sentence for each line that was cut off while it was written, and is left out. */
  readonly warnings: readonly string[];
}

/** Reads the records of a JSON Lines file. A line that is wrong, and not only cut off, is refused by its number. */
export async function loadRecords(file: string): Promise<LoadedRecords> {
  const records: RunRecord[] = [];
  const rowNumbers: number[] = [];
  const warnings: string[] = [];
  for (const { number, text } of lines(await readBytes(file))) {
    if (isCutOff(text)) {
      warnings.push(`${file}, row ${number} was cut off while it was written and is left out: ${shown(text)}`);
      continue;
    }
    records.push(await parseRecord(parseJson(text, `${file}, row ${number}`), `${file}, row ${number}`));
    rowNumbers.push(number);
  }
  return { records, rowNumbers, warnings };
}

/** Whether text ends inside a string or a bracket of JSON. */
function isCutOff(text: string): boolean {
  const bare = text.replace(/"(?:[^"\\]|\\.)*"/g, '');
  const opened = bare.match(/[{[]/g)?.length ?? 0;
  const closed = bare.match(/[}\]]/g)?.length ?? 0;
  return text.startsWith('{') && (bare.includes('"') || opened > closed);
}

/** Refuses records whose losses and scores were measured on unlike data, or on data that was not named. */
export function checkComparable<R extends Pick<RunRecord, 'name' | 'eval_fingerprint'>>(
  records: readonly R[],
): readonly R[] {
  const [first] = records;
  const other = records.find(({ eval_fingerprint: print }) => print === undefined || print !== first.eval_fingerprint);
  if (other)
    fail(
      `records must have one eval_fingerprint to be compared, got ${shown(first.eval_fingerprint)} for ${first.name} ` +
        `and ${shown(other.eval_fingerprint)} for ${other.name}`,
    );
  return records;
}
