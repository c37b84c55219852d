export { ACTIVATION_ITEMS } from './activations.js';
export { type BulkCosts, type BulkOptions, costShapes, type ShapeColumns } from './bulk.js';
export { countDecode, DECODE_ITEMS, type DecodeLedger, type Generation } from './decode.js';
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
export { checkCount, checkWorkload, ONE_SEQUENCE, PAPER_RECIPE, type Workload } from './workload.js';
