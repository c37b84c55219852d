// SHAPELAW_TESTS=system picks the tests that need a browser or a job scheduler.
// Processes instead of worker threads: TensorFlow's addon is not safe in threads.
const system = process.env.SHAPELAW_TESTS === 'system';

export default {
  extensions: { ts: 'module' },
  files: system ? ['test/system/**/*.test.ts'] : ['test/**/*.test.ts', '!test/system/**'],
  nodeArguments: ['--import=./register.mjs'],
  workerThreads: false,
  timeout: '120s',
};
