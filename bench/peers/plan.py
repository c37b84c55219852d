"""Times the search of a plan in NumPy: costs of many shapes, what a budget buys each, their loss, and the best.

Reads {"file", "count", "repetitions", "flops", "batch", "constants"} as JSON from stdin; the file holds the columns of
cost.COLUMNS as float64, one after the other. Counts as cost.py does; constants are E, A, B, alpha, beta of
L = E + A / N^alpha + B / D^beta. Prints {"seconds": median, "best": row, "loss": its loss} as JSON.
"""

import json
import statistics
import sys
import time

import numpy as np
from cost import COLUMNS, S, cost_shapes


def search(columns, flops, batch, constants):
    params, _, _, step, _ = cost_shapes(*columns)
    steps = np.floor(flops / (step * batch))
    tokens = steps * batch * S
    e, a, b, alpha, beta = constants
    with np.errstate(divide="ignore"):
        loss = e + a * params**-alpha + b * tokens**-beta
    best = int(np.argmin(loss))
    return best, float(loss[best])


def main():
    job = json.load(sys.stdin)
    columns = np.fromfile(job["file"]).reshape(len(COLUMNS), job["count"])
    arguments = (columns, job["flops"], job["batch"], job["constants"])
    best, loss = search(*arguments)
    times = []
    for _ in range(job["repetitions"]):
        start = time.perf_counter()
        search(*arguments)
        times.append(time.perf_counter() - start)
    print(json.dumps({"seconds": statistics.median(times), "best": best, "loss": loss}))


if __name__ == "__main__":
    main()
