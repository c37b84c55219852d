// Makes a fresh clone ready: npm's packages as locked, and TensorFlow's native addon. Silent when nothing is to be done.
// Needs no package, and only syntax that old versions of Node read, so that they get one line and no stack trace.
var major = Number(process.versions.node.split('.')[0]);
if (major < 20) {
  console.error('set-up: Node must be 20 or newer, got ' + process.versions.node);
  process.exitCode = 1;
} else {
  import('./setup/main.mjs').then(setup => setup.main());
}
