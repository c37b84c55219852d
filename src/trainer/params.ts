import { createRandom } from '../base/index.js';
import { innerWidth, RELATIVE_BUCKETS, type Shape } from '../shape/index.js';

/** Parameters that learn at one rate; see recipe.ts. */
export type Group = 'embedding' | 'hidden' | 'norm' | 'relative_bias';

/** One parameter tensor. */
export interface ParamTensor {
  /** As in the state dict of Hugging Face's T5. */
  readonly name: string;
  /** A matrix is [out, in], as PyTorch stores it. */
  readonly dims: readonly number[];
  /** Standard deviation it starts with; a norm's gain starts at 1. */
  readonly std: number;
  readonly group: Group;
}

/** Where a tensor stands in the flat vector of all parameters. */
export interface PlacedTensor extends ParamTensor {
  readonly from: number;
  readonly to: number;
}

/**
 * Every parameter tensor of a T5, in the order in which the flat parameter vector holds them.
 *
 * Initialisation: transformers' T5 with initializer_factor 1, itself that of mesh-tensorflow. q is smaller by
 * d_kv^-0.5, since T5 does not scale its attention scores. transformers starts an untied head at 1, which makes the first
 * logits sqrt(d_model) large; here it starts at d_model^-0.5, as in t5x.
 */
export function paramTensors(shape: Shape): PlacedTensor[] {
  const { d_model, vocab_size } = shape;
  const head = matrix('lm_head', vocab_size, d_model, d_model ** -0.5);
  return place([
    { name: 'shared.weight', dims: [vocab_size, d_model], std: 1, group: 'embedding' },
    ...stack('encoder', shape.num_layers, shape),
    ...stack('decoder', shape.num_decoder_layers, shape),
    ...(shape.tie_word_embeddings ? [] : [head]),
  ]);
}

function place(tensors: readonly ParamTensor[]): PlacedTensor[] {
  let to = 0;
  return tensors.map(tensor => {
    const from = to;
    to += sizeOf(tensor);
    return { ...tensor, from, to };
  });
}

function stack(name: 'encoder' | 'decoder', layers: number, shape: Shape): ParamTensor[] {
  const { d_model, num_heads } = shape;
  const attentions = name === 'encoder' ? ['SelfAttention'] : ['SelfAttention', 'EncDecAttention'];
  const norm = (prefix: string): ParamTensor => ({ name: `${prefix}.weight`, dims: [d_model], std: 0, group: 'norm' });
  // one table a stack, kept by its first layer
  const table: ParamTensor = {
    name: `${name}.block.0.layer.0.SelfAttention.relative_attention_bias.weight`,
    dims: [RELATIVE_BUCKETS, num_heads],
    std: d_model ** -0.5,
    group: 'relative_bias',
  };
  const blocks = Array.from({ length: layers }, (_, block) => {
    const layer = (n: number) => `${name}.block.${block}.layer.${n}`;
    return [
      ...attentions.flatMap((kind, n) => [...attention(`${layer(n)}.${kind}`, shape), norm(`${layer(n)}.layer_norm`)]),
      ...feedForward(`${layer(attentions.length)}.DenseReluDense`, shape),
      norm(`${layer(attentions.length)}.layer_norm`),
    ];
  });
  return [table, ...blocks.flat(), norm(`${name}.final_layer_norm`)];
}

function attention(prefix: string, shape: Shape): ParamTensor[] {
  const { d_model, d_kv } = shape;
  const inner = innerWidth(shape);
  return [
    matrix(`${prefix}.q`, inner, d_model, (d_model * d_kv) ** -0.5),
    matrix(`${prefix}.k`, inner, d_model, d_model ** -0.5),
    matrix(`${prefix}.v`, inner, d_model, d_model ** -0.5),
    matrix(`${prefix}.o`, d_model, inner, inner ** -0.5),
  ];
}

function feedForward(prefix: string, { d_model, d_ff, feed_forward_proj }: Shape): ParamTensor[] {
  const inputs = feed_forward_proj === 'relu' ? ['wi'] : ['wi_0', 'wi_1'];
  return [
    ...inputs.map(wi => matrix(`${prefix}.${wi}`, d_ff, d_model, d_model ** -0.5)),
    matrix(`${prefix}.wo`, d_model, d_ff, d_ff ** -0.5),
  ];
}

const matrix = (prefix: string, out: number, width: number, std: number): ParamTensor => ({
  name: `${prefix}.weight`,
  dims: [out, width],
  std,
  group: 'hidden',
});

const sizeOf = ({ dims }: ParamTensor) => dims.reduce((size, dim) => size * dim, 1);

/** A flat vector over all parameters, filled tensor by tensor. */
export function flatVector(tensors: readonly PlacedTensor[], value: (tensor: ParamTensor) => number): Float32Array {
  const vector = new Float32Array(tensors[tensors.length - 1].to);
  for (const tensor of tensors) for (let i = tensor.from; i < tensor.to; i++) vector[i] = value(tensor);
  return vector;
}

/** Starting values: normal, and 1 for the gains of norms. */
export function initParams(tensors: readonly PlacedTensor[], seed: number): Float32Array {
  const random = createRandom(seed);
  return flatVector(tensors, ({ group, std }) => (group === 'norm' ? 1 : std * random.normal()));
}
