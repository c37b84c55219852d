export { parseConfig } from './config.js';
export { parseShape, shapeName } from './name.js';
export { DL, DM, EL, FF, KV, NH, NL, OPERATORS, type Operator } from './operators.js';
export { PRESETS, type PresetName, preset, SIZES } from './presets.js';
export {
  checkNumber,
  checkShape,
  FEED_FORWARDS,
  type FeedForward,
  innerWidth,
  LIMITS,
  NUMBER_FIELDS,
  type NumberField,
  RELATIVE_BUCKETS,
  type Shape,
  type ShapeNumbers,
  sameShape,
} from './shape.js';
