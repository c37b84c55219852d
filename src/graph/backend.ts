/** What the session asks of TensorFlow's addon. Tensors go by ids. */
export interface Binding {
  createTensor(dims: number[], dtype: number, values: ArrayBufferView): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): Float32Array | Int32Array | Uint8Array;
  loadSavedModel(folder: string, tags: string): number;
  deleteSavedModel(id: number): void;
  runSavedModel(id: number, inputs: number[], inputNames: string, outputNames: string): { id: number }[];
  getNumOfTensors(): number;
  getNumOfSavedModels(): number;
}

/** TensorFlow.js: the same operations whichever backend runs them. */
export type Tensorflow = typeof import('@tensorflow/tfjs-core');

/** TensorFlow's addon where it loads; elsewhere the plain JavaScript backend. Both are loaded when first asked for. */
export async function loadBackend(): Promise<{ tf: Tensorflow; binding?: Binding }> {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  try {
    const tf = await import('@tensorflow/tfjs-node');
    const { binding } = tf.backend() as unknown as { binding?: Binding };
    return { tf, binding };
  } catch {
    const tf = await import('@tensorflow/tfjs-core');
    await import('@tensorflow/tfjs-backend-cpu');
    tf.enableProdMode(); // or it greets on standard output
    await tf.setBackend('cpu');
    return { tf };
  }
}
