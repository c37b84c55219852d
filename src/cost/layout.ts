import { fail, mustBe } from '../base/index.js';
import { checkCount } from './workload.js';

/** What is spread over the data-parallel copies: nothing, the optimiser's state (ZeRO 1), or all of it (ZeRO 3, FSDP). */
export const SHARDINGS = ['none', 'optimizer', 'full'] as const;
export type Sharding = (typeof SHARDINGS)[number];

/** How one training step is spread over devices. */
export interface Layout {
  /** Copies of the model, each with its share of the batch. */
  readonly data: number;
  /** Devices that share every matrix product. */
  readonly tensor: number;
  /** Groups of layers, one after another. */
  readonly pipeline: number;
  /** Parts that each copy's batch is cut into: pipeline stages work on different ones at once. */
  readonly microBatches: number;
  readonly sharding: Sharding;
  /** Devices joined by the fast links. */
  readonly devicesPerNode: number;
}

/** Every field present and in range. Default: one device. */
export function parseLayout(layout: Partial<Layout> = {}): Layout {
  const { data = 1, tensor = 1, pipeline = 1, microBatches = pipeline, sharding = 'none', devicesPerNode = 8 } = layout;
  for (const [name, value] of Object.entries({ data, tensor, pipeline, microBatches, devicesPerNode }))
    checkCount(name, value);
  if (!SHARDINGS.includes(sharding)) fail(mustBe('sharding', SHARDINGS.join(', '), sharding));
  return { data, tensor, pipeline, microBatches, sharding, devicesPerNode };
}

export const countDevices = ({ data, tensor, pipeline }: Layout): number => data * tensor * pipeline;
