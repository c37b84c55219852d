// SHAPELAW_TESTS=system picks the tests that need a browser or a job scheduler, SHAPELAW_TESTS=peers those that need a
// Python environment with PyTorch.
// Processes instead of worker threads: TensorFlow's addon is not safe in threads.
const group = process.env.SHAPELAW_TESTS;
const groups = ['system', 'peers'];

export default {
  extensions: { ts: 'module' },
  files: groups.includes(group)
    ? [`test/${group}/**/*.test.ts`]
    : ['test/**/*.test.ts', ...groups.map(name => `!test/${name}/**`)],
  nodeArguments: ['--import=./register.mjs'],
  workerThreads: false,
  timeout: group === 'peers' ? '20m' : '120s', // the first run installs PyTorch
};
