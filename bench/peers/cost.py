"""Times the costs of many shapes in NumPy, the formulas of src/cost written as whole-column arithmetic.

Reads {"file", "count", "repetitions"} as JSON from stdin; the file holds the seven columns of COLUMNS as float64, one
after the other. One sequence of 512 + 114 tokens, fp32, Adam, eager attention, no dropout, ReLU, tied embeddings.
Prints {"seconds": median, "sums": the sum of each cost over the shapes} as JSON.
"""

import json
import statistics
import sys
import time

import numpy as np

COLUMNS = ("num_layers", "num_decoder_layers", "d_model", "d_ff", "d_kv", "num_heads", "vocab_size")
S, T = 512, 114


def cost_shapes(nl, ndl, d, ff, kv, heads, vocab):
    if not all(((column >= 1) & (column == np.floor(column))).all() for column in (nl, ndl, d, ff, kv, heads, vocab)):
        raise ValueError("shapes must be whole numbers from 1 and up")
    inner = heads * kv
    attention, mlp = d * inner, d * ff
    non_embedding = nl * (4 * attention + 2 * mlp + 2 * d) + ndl * (8 * attention + 2 * mlp + 3 * d)
    non_embedding += 2 * (32 * heads + d)
    params = vocab * d + non_embedding
    forward = nl * (8 * S * attention + 4 * S * S * inner + 4 * S * mlp)
    forward += ndl * ((12 * T + 4 * S) * attention + (4 * T * T + 4 * T * S) * inner + 4 * T * mlp)
    forward += 2 * T * d * vocab
    norm = 12 * d + 4
    saved = S * ((2 * nl + 1) * norm + nl * (16 * inner + 4 * heads * S + 4 * ff))
    saved += T * ((3 * ndl + 1) * norm + ndl * (24 * inner + 4 * heads * (T + S) + 4 * ff))
    saved += S * ndl * 8 * inner + 4 * (T * vocab + 1) + 8 * (S * S + T * T + S + 2 * T)
    return params, non_embedding, forward, 3 * forward, 16 * params + saved


def main():
    job = json.load(sys.stdin)
    columns = np.fromfile(job["file"]).reshape(len(COLUMNS), job["count"])
    costs = cost_shapes(*columns)
    times = []
    for _ in range(job["repetitions"]):
        start = time.perf_counter()
        cost_shapes(*columns)
        times.append(time.perf_counter() - start)
    print(json.dumps({"seconds": statistics.median(times), "sums": [float(cost.sum()) for cost in costs]}))


if __name__ == "__main__":
    main()
