// The rooms that read and write files.
export * from './report/index.js';
export * from './runs/index.js';
export * from './verify/index.js';
