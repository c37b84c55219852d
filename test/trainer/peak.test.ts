import { loadTensorflow } from '../../src/trainer/index.js';
import { measurePeak } from '../../src/trainer/peak.js';
import { tfTest } from './with-tensorflow.js';

tfTest('measurePeak() is of the size of what one product reaches, in either precision', async t => {
  const { tf } = await loadTensorflow();
  const a = tf.ones([512, 512]);
  const begin = performance.now();
  tf.matMul(a, a).dataSync();
  const rate = (2 * 512 ** 3) / ((performance.now() - begin) / 1000);
  a.dispose();
  for (const precision of ['fp32', 'bf16'] as const) {
    const peak = await measurePeak({ precision });
    t.true(peak > rate / 20 && peak < 1e14, `${precision} ${peak} FLOP/s, one product ${rate}`);
  }
});
