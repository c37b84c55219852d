"""One training step of a T5 in PyTorch, as transformers computes it: eager, compiled, or with bfloat16 products.

Serves bench/trainer.ts (trainer_serve.py). Tensors go by their Hugging Face names.
"""

import os

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from trainer_serve import serve

torch.set_num_threads(int(os.environ["THREADS"]))


class T5:
    """[B, L] ids; p: parameters by name."""

    def __init__(self, shape, buckets, p):
        self.shape = shape
        self.p = p
        self.buckets = {stack: torch.tensor(rows) for stack, rows in buckets.items()}
        length = len(self.buckets["decoder"])
        self.causal = torch.full((length, length), -1e9).triu(1)

    def loss(self, encoder, decoder, targets):
        shape, p = self.shape, self.p
        states = F.embedding(encoder, p["shared.weight"])
        bias = self.bias("encoder")
        for block in range(shape["num_layers"]):
            layer = f"encoder.block.{block}.layer"
            normed = self.norm(f"{layer}.0.layer_norm", states)
            states = states + self.attend(f"{layer}.0.SelfAttention", normed, normed, bias)
            states = states + self.feed_forward(f"{layer}.1", states)
        encoded = self.norm("encoder.final_layer_norm", states)
        states = F.embedding(decoder, p["shared.weight"])
        bias = self.bias("decoder") + self.causal
        for block in range(shape["num_decoder_layers"]):
            layer = f"decoder.block.{block}.layer"
            normed = self.norm(f"{layer}.0.layer_norm", states)
            states = states + self.attend(f"{layer}.0.SelfAttention", normed, normed, bias)
            normed = self.norm(f"{layer}.1.layer_norm", states)
            states = states + self.attend(f"{layer}.1.EncDecAttention", normed, encoded, None)
            states = states + self.feed_forward(f"{layer}.2", states)
        states = self.norm("decoder.final_layer_norm", states) * shape["d_model"] ** -0.5
        logits = F.linear(states, p["shared.weight"])  # [B, L, D] x [V, D] -> [B, L, V]
        return F.cross_entropy(logits.flatten(0, 1).float(), targets.flatten())

    def bias(self, stack):
        table = self.p[f"{stack}.block.0.layer.0.SelfAttention.relative_attention_bias.weight"]
        return F.embedding(self.buckets[stack], table).permute(2, 0, 1)  # [Lq, Lk, H] -> [H, Lq, Lk]

    def norm(self, name, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6) * self.p[f"{name}.weight"]

    def attend(self, name, queries, states, bias):
        def heads(x, weight):  # [B, L, D] -> [B, H, L, K]
            return F.linear(x, self.p[f"{name}.{weight}.weight"]).unflatten(-1, (self.shape["num_heads"], -1)).transpose(1, 2)

        scores = heads(queries, "q") @ heads(states, "k").transpose(-1, -2)  # -> [B, H, Lq, Lk]
        if bias is not None:
            scores = scores + bias
        mixed = scores.softmax(-1) @ heads(states, "v")  # -> [B, H, Lq, K]
        return F.linear(mixed.transpose(1, 2).flatten(-2), self.p[f"{name}.o.weight"])

    def feed_forward(self, layer, states):
        dense = f"{layer}.DenseReluDense"
        hidden = F.linear(self.norm(f"{layer}.layer_norm", states), self.p[f"{dense}.wi.weight"])
        return F.linear(F.relu(hidden), self.p[f"{dense}.wo.weight"])


def build(job):
    parameters = {name: tensor.requires_grad_() for name, tensor in load_file(job["weights"]).items()}
    model = T5(job["shape"], job["buckets"], parameters)
    batch = [torch.tensor(job[rows]) for rows in ("encoder", "decoder", "targets")]
    loss_of = torch.compile(model.loss, dynamic=False) if job["how"] == "compiled" else model.loss
    recipe = job["recipe"]
    groups = [{"params": [parameters[name] for name in names], "lr": rate} for rate, names in job["groups"]]
    adam = torch.optim.Adam(groups, betas=(recipe["beta1"], recipe["beta2"]), eps=recipe["epsilon"], fused=True)

    def step():
        adam.zero_grad()
        with torch.autocast("cpu", torch.bfloat16, enabled=job["how"] == "bf16"):
            loss = loss_of(*batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters.values(), recipe["clip"])
        adam.step()
        return loss.item()

    return step


def product(size):
    matrix = torch.full((size, size), 1 / size)
    return lambda: matrix @ matrix


if __name__ == "__main__":
    serve(build, product)
