import { z } from 'zod';
import type { Shape } from '../shape/index.js';
import type { DataPackage } from './package.js';
import type { RunRecord } from './record.js';

// zod takes longer to load than the rest of the room: this file is imported where a value is checked.

const positive = z.number().positive();
const whole = z.int().nonnegative();
const word = z.string().min(1);

/** A run record; further fields are welcome and kept. Units stand at `RunRecord`. */
export const recordSchema = z.looseObject({
  name: word,
  kind: z.enum(['pretrain', 'finetune', 'eval']),
  shape: z.custom<Shape>(value => typeof value === 'object' && value !== null, 'must be a shape').optional(),
  params: positive.optional(),
  non_embedding_params: positive.optional(),
  tokens: z.number().nonnegative(),
  flops: positive.optional(),
  loss: z.number().nonnegative().optional(),
  scores: z.record(z.string(), z.number()).optional(),
  seconds_per_step: positive.optional(),
  steps: whole.optional(),
  seed: whole.optional(),
  eval_fingerprint: word.optional(),
  eval_tokens: whole.optional(),
  toolkit: word,
}) satisfies z.ZodType<RunRecord>;

const status = z.strictObject({
  /** What holds for every column that is not named in `columns`. */
  summary: word,
  /** Per column: verified, recalled, or which column of the data says so row by row. */
  columns: z.record(z.string(), word).optional(),
});

const field = z.strictObject({
  name: word,
  type: z.enum(['number', 'integer', 'string', 'boolean']),
  unit: word.optional(),
  description: word,
  missingValues: z.array(z.string()).optional(),
  constraints: z
    .strictObject({
      required: z.boolean().optional(),
      unique: z.boolean().optional(),
      minimum: z.number().optional(),
      maximum: z.number().optional(),
      enum: z.array(z.union([z.string(), z.number()])).optional(),
    })
    .optional(),
});

const resource = z.strictObject({
  name: z.string().regex(/^[a-z0-9.-]+$/),
  type: z.literal('table').optional(),
  path: z.string().regex(/^[A-Za-z0-9.-]+$/),
  format: word,
  mediatype: word,
  encoding: z.literal('utf-8'),
  description: word,
  bytes: z.int().positive(),
  hash: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  rowCount: z.int().positive().optional(),
  schema: z
    .strictObject({
      fields: z.array(field).min(1),
      primaryKey: z.array(word).optional(),
    })
    .optional(),
  status: status.optional(),
});

/** A data package in the form of the Frictionless standard, version 2, with our own `status`. */
export const packageSchema = z.strictObject({
  $schema: z.literal('https://datapackage.org/profiles/2.0/datapackage.json'),
  name: z.string().regex(/^[a-z0-9.-]+$/),
  title: word,
  description: word,
  sources: z.array(z.strictObject({ title: word, path: word.optional(), version: word.optional() })).min(1),
  licenses: z.array(z.strictObject({ name: word, title: word, path: word.optional() })).min(1),
  status,
  resources: z.array(resource).min(1),
}) satisfies z.ZodType<DataPackage>;
