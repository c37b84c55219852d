// The analytical rooms: nothing here needs Node, so the same code runs in a browser page.
export * from './base/index.js';
export * from './chart/index.js';
export * from './cost/index.js';
export * from './fit/index.js';
export * from './frontier/index.js';
export * from './law/index.js';
export * from './plan/index.js';
export * from './shape/index.js';
