export { ACTIVATION_ITEMS } from './activations.js';
export { type BulkCosts, type BulkOptions, costShapes, type ShapeColumns } from './bulk.js';
export { estimateCarbon, GRID_INTENSITY, GRID_SOURCE, type GridRegion, gridIntensity } from './carbon.js';
export { countDecode, DECODE_ITEMS, type DecodeLedger, type Generation } from './decode.js';
export {
  DEVICES,
  type Device,
  type DeviceFigure,
  findDevice,
  NUMBER_FORMATS,
  type NumberFormat,
  type Origin,
  parseDevices,
} from './devices.js';
export { AVERAGE_PUE, type Energy, type EnergyOptions, estimateEnergy } from './energy.js';
export {
  CONVENTIONS,
  type Convention,
  checkConvention,
  countFlops,
  FLOP_ITEMS,
  type FlopLedger,
  flops6ND,
  overstatement6ND,
} from './flops.js';
export { type DeviceMemoryOptions, estimateDeviceMemory, largestBatch } from './largest-batch.js';
export { countDevices, type Layout, parseLayout, SHARDINGS, type Sharding } from './layout.js';
export { type Ledger, sumOf } from './ledger.js';
export {
  ATTENTIONS,
  type Attention,
  estimateDecodeMemory,
  estimateTrainMemory,
  type MemoryOptions,
  OPTIMIZERS,
  type Optimizer,
  PRECISIONS,
  type Precision,
  parseMemoryOptions,
  type TrainMemory,
} from './memory.js';
export { countParams, PARAM_ITEMS, type ParamItem, type ParamLedger } from './params.js';
export { addPrices, type Price, type PriceOptions, priceDeviceHours } from './price.js';
export { type BulkTimeOptions, estimateStepTimes } from './time/bulk.js';
export { bubbleShare, ringAllReduce } from './time/exchange.js';
export { estimateGenerationTime, GENERATION_ITEMS, type GenerationTime } from './time/generation.js';
export { listProducts, PRODUCT_FIELDS, PRODUCT_NAMES, type Product } from './time/products.js';
export {
  hasPublishedSteps,
  peakOf,
  type RatedMachine,
  type Rates,
  ratesOf,
  TIME_ITEMS,
  type TimeItem,
} from './time/rates.js';
export { estimateStepTime, fillTimes, type StepTime, type TimeOptions } from './time/step.js';
export type { StepWork } from './time/work.js';
export { checkCount, checkWorkload, ONE_SEQUENCE, PAPER_RECIPE, type Workload } from './workload.js';
