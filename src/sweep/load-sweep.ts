import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { z } from 'zod';
import { fail, shown } from '../base/index.js';
import { CORPORA, DEFAULT_CORPUS } from '../trainer/index.js';
import { workloadOf } from './job-cost.js';
import type { PretrainSettings } from './jobs.js';
import { sweepSchema } from './schema.js';
import { expandShapes, type SweepShapes } from './shapes.js';
import { parseYaml, type YamlDocument } from './yaml-document.js';

type SweepFile = z.infer<typeof sweepSchema>;

/** A sweep file, read and checked. */
export interface Sweep extends SweepShapes {
  /** The file's path as it was given. */
  readonly file: string;
  readonly name: string;
  readonly corpus: PretrainSettings['corpus'];
  /** What the file says, with its defaults filled in. */
  readonly says: SweepFile;
}

export async function loadSweep(file: string): Promise<Sweep> {
  const text = await readText(file);
  return parseSweep(text, file);
}

/** Checks the text of a sweep file; what it says wrong is refused by file, line and path. */
export async function parseSweep(text: string, file: string): Promise<Sweep> {
  const document = parseYaml(text, file);
  const says = document.check(sweepSchema, document.value);
  checkTogether(says, document);
  const workload = workloadOf({ batch: says.batch[0], encLen: says.enc_len });
  const context = { vocab: says.vocab, workload, most: says.max_jobs };
  return {
    file,
    name: says.name,
    ...expandShapes(says.shapes, document, context),
    corpus: await findCorpus(says, file),
    says,
  };
}

/** Rules that more than one key has a part in. */
function checkTogether(says: SweepFile, document: YamlDocument): void {
  const { batch, accumulate, corpus, text } = says;
  const lengths = (['steps', 'tokens', 'points'] as const).filter(key => says[key] !== undefined);
  if (lengths.length !== 1)
    document.refuse(
      lengths.slice(1, 2),
      `must give one length: steps, tokens or points, got ${lengths.join(' and ') || 'none'}`,
    );
  if (corpus !== undefined && text !== undefined) document.refuse(['text'], 'must not stand beside corpus');
  const unknown = corpus?.split('+').find(name => !Object.hasOwn(CORPORA, name));
  if (unknown !== undefined)
    document.refuse(['corpus'], `must be of ${Object.keys(CORPORA).join(', ')}, joined by +, got ${shown(unknown)}`);
  for (const [i, size] of batch.entries()) {
    const other = accumulate.find(parts => size % parts !== 0);
    if (other !== undefined) document.refuse(['batch', i], `must be a multiple of accumulate ${other}, got ${size}`);
  }
}

/** Text files stand relative to the sweep file; what they hold is part of what a run is. */
async function findCorpus({ corpus, text }: SweepFile, file: string): Promise<PretrainSettings['corpus']> {
  if (text === undefined) return corpus ?? DEFAULT_CORPUS;
  const files = text.map(name => resolve(dirname(file), name));
  const sha256 = await Promise.all(
    files.map(async name =>
      createHash('sha256')
        .update(await readBytes(name))
        .digest('hex'),
    ),
  );
  return { files, sha256 };
}

const readText = async (file: string) => (await readBytes(file)).toString('utf8');

const readBytes = (file: string) =>
  readFile(file).catch((error: NodeJS.ErrnoException) => fail(`${file} must be a readable file, got ${error.code}`));
