import * as tf from '@tensorflow/tfjs-node';
import type { Shape } from '../../src/shape/index.js';
import type { Batch } from '../../src/trainer/index.js';
import { flatVector, initParams, paramTensors } from '../../src/trainer/params.js';
import { learningRates, RECIPE } from '../../src/trainer/recipe.js';
import { createModel } from './tape-model.js';

/**
 * An oracle for the engine that shares no operation with it: gradients from the tape of TensorFlow.js over one flat
 * vector, and Adam (Kingma and Ba 2015) written out.
 */
export function createTapeEngine(shape: Shape, seed: number) {
  const layout = paramTensors(shape);
  const model = createModel(shape);
  const params = tf.tidy(() => tf.variable(tf.tensor1d(initParams(layout, seed))));
  const first = tf.tidy(() => tf.variable(tf.zerosLike(params)));
  const second = tf.tidy(() => tf.variable(tf.zerosLike(params)));
  const groupRates = learningRates(shape);
  const rates = tf.tensor1d(flatVector(layout, ({ group }) => groupRates[group]));
  let steps = 0;

  const update = (grad: tf.Tensor1D, share: number) => {
    const { beta1, beta2, epsilon } = RECIPE;
    const clipped = clip(grad, RECIPE.clip);
    first.assign(mix(first, clipped, beta1));
    second.assign(mix(second, tf.square(clipped), beta2));
    // the bias corrections 1 / (1 - beta^t), as factors of the rate and of epsilon
    const root = Math.sqrt(1 - beta2 ** steps);
    const direction = tf.div(first, tf.add(tf.sqrt(second), epsilon * root));
    params.assign(tf.sub(params, tf.mul(tf.mul(direction, rates), (share * root) / (1 - beta1 ** steps))));
  };
  return {
    step: (batch: Batch, share: number): number => {
      steps++;
      return tf.tidy(() => {
        const { value, grad } = tf.valueAndGrad(p => model.loss(p, batch))(params);
        update(grad as tf.Tensor1D, share);
        return value.dataSync()[0];
      });
    },
    dispose: () => tf.dispose([params, first, second, rates]),
  };
}

/** Scales a gradient down to `largest` where its L2 norm is more. */
function clip(grad: tf.Tensor1D, largest: number): tf.Tensor1D {
  const norm = tf.sqrt(tf.sum(tf.square(grad)));
  return tf.mul(grad, tf.minimum(1, tf.div(largest, norm)));
}

const mix = (average: tf.Tensor1D, value: tf.Tensor1D, beta: number): tf.Tensor1D =>
  tf.add(tf.mul(average, beta), tf.mul(value, 1 - beta));
