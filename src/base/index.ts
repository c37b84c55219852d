export { type Columns, pickRows, rowCount } from './columns.js';
export { fail, InputError } from './error.js';
export * as format from './format.js';
export { at, mustBe, outsideRange, shown, unknownName } from './messages.js';
export { checkSeed, createRandom, type Random } from './random.js';
