"""One training step of a T5 as a tf.function of TensorFlow for Python: the same math on the same native library.

Serves bench/trainer.ts (trainer_serve.py). Tensors go by their Hugging Face names.
"""

import os

import numpy as np

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import tensorflow as tf  # noqa: E402
from safetensors.numpy import load_file  # noqa: E402
from trainer_serve import serve  # noqa: E402

tf.config.threading.set_intra_op_parallelism_threads(int(os.environ["THREADS"]))
tf.config.threading.set_inter_op_parallelism_threads(int(os.environ["THREADS"]))


class T5:
    """States are matrices of B * L rows; p: variables by name."""

    def __init__(self, shape, buckets, p):
        self.shape = shape
        self.p = p
        self.buckets = {stack: tf.constant(rows) for stack, rows in buckets.items()}
        length = len(buckets["decoder"])
        self.causal = tf.constant(np.triu(np.full((length, length), -1e9, np.float32), 1))

    def loss(self, encoder, decoder, targets):
        shape, p = self.shape, self.p
        self.size = encoder.shape[0]
        states = tf.gather(p["shared.weight"], tf.reshape(encoder, [-1]))
        bias = self.bias("encoder")
        for block in range(shape["num_layers"]):
            layer = f"encoder.block.{block}.layer"
            normed = self.norm(f"{layer}.0.layer_norm", states)
            states = states + self.attend(f"{layer}.0.SelfAttention", normed, normed, bias)
            states = states + self.feed_forward(f"{layer}.1", states)
        encoded = self.norm("encoder.final_layer_norm", states)
        states = tf.gather(p["shared.weight"], tf.reshape(decoder, [-1]))
        bias = self.bias("decoder") + self.causal
        for block in range(shape["num_decoder_layers"]):
            layer = f"decoder.block.{block}.layer"
            normed = self.norm(f"{layer}.0.layer_norm", states)
            states = states + self.attend(f"{layer}.0.SelfAttention", normed, normed, bias)
            normed = self.norm(f"{layer}.1.layer_norm", states)
            states = states + self.attend(f"{layer}.1.EncDecAttention", normed, encoded, None)
            states = states + self.feed_forward(f"{layer}.2", states)
        states = self.norm("decoder.final_layer_norm", states) * shape["d_model"] ** -0.5
        logits = linear(states, p["shared.weight"])  # [B * L, D] x [V, D] -> [B * L, V]
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.reshape(targets, [-1]), logits)
        return tf.reduce_mean(losses)

    def bias(self, stack):
        table = self.p[f"{stack}.block.0.layer.0.SelfAttention.relative_attention_bias.weight"]
        return tf.transpose(tf.gather(table, self.buckets[stack]), [2, 0, 1])  # [Lq, Lk, H] -> [H, Lq, Lk]

    def norm(self, name, x):
        return x * tf.math.rsqrt(tf.reduce_mean(tf.square(x), -1, keepdims=True) + 1e-6) * self.p[f"{name}.weight"]

    def attend(self, name, queries, states, bias):
        def heads(x, weight):  # [B * L, D] -> [B, H, L, K]
            projected = linear(x, self.p[f"{name}.{weight}.weight"])
            rows = tf.reshape(projected, [self.size, -1, self.shape["num_heads"], self.shape["d_kv"]])
            return tf.transpose(rows, [0, 2, 1, 3])

        scores = tf.matmul(heads(queries, "q"), heads(states, "k"), transpose_b=True)  # -> [B, H, Lq, Lk]
        if bias is not None:
            scores = scores + bias
        mixed = tf.transpose(tf.matmul(tf.nn.softmax(scores), heads(states, "v")), [0, 2, 1, 3])  # -> [B, Lq, H, K]
        rows = tf.reshape(mixed, [-1, self.shape["num_heads"] * self.shape["d_kv"]])
        return linear(rows, self.p[f"{name}.o.weight"])

    def feed_forward(self, layer, states):
        dense = f"{layer}.DenseReluDense"
        hidden = linear(self.norm(f"{layer}.layer_norm", states), self.p[f"{dense}.wi.weight"])
        return linear(tf.nn.relu(hidden), self.p[f"{dense}.wo.weight"])


def linear(x, weight):
    """[rows, in] x [out, in] -> [rows, out]"""
    return tf.matmul(x, weight, transpose_b=True)


def build(job):
    variables = {name: tf.Variable(values) for name, values in load_file(job["weights"]).items()}
    first, second = ([tf.Variable(tf.zeros_like(variable)) for variable in variables.values()] for _ in range(2))
    rates = {name: rate for rate, names in job["groups"] for name in names}
    model = T5(job["shape"], job["buckets"], variables)
    batch = [tf.constant(job[rows]) for rows in ("encoder", "decoder", "targets")]
    recipe = job["recipe"]
    taken = tf.Variable(0.0)

    @tf.function
    def step(encoder, decoder, targets):
        with tf.GradientTape() as tape:
            loss = model.loss(encoder, decoder, targets)
        gradients = tape.gradient(loss, list(variables.values()))
        gradients, _ = tf.clip_by_global_norm([tf.convert_to_tensor(g) for g in gradients], recipe["clip"])
        time = taken.assign_add(1.0)
        powers = recipe["beta1"] ** time, recipe["beta2"] ** time
        for (name, variable), m, v, gradient in zip(variables.items(), first, second, gradients):
            tf.raw_ops.ResourceApplyAdam(
                var=variable.handle, m=m.handle, v=v.handle, grad=gradient, lr=rates[name], epsilon=recipe["epsilon"],
                beta1=recipe["beta1"], beta2=recipe["beta2"], beta1_power=powers[0], beta2_power=powers[1],
            )
        return loss

    return lambda: float(step(*batch))


def product(size):
    matrix = tf.fill([size, size], 1 / size)
    return lambda: tf.matmul(matrix, matrix).numpy()


if __name__ == "__main__":
    serve(build, product)
