"""Chinchilla's law by SciPy: 4500 L-BFGS-B starts, then BFGS on bootstrap draws, both with the analytic gradient.

Reads {points: {N, D, loss}, delta, starts, replicates} as JSON, prints {seconds: {starts, bootstrap}, objective, params,
deviations}. The grid of starts is that of Hoffmann 2022, appendix D.3. The tolerances are tight: with the default ones
L-BFGS-B stays at Hoffmann's constants and reports success.
"""

import itertools
import json
import sys
import time

import numpy as np
from scipy.optimize import minimize


def main():
    job = json.load(sys.stdin)
    points = job["points"]
    data = tuple(np.log(np.array(points[name])) for name in ("N", "D", "loss"))
    began = time.perf_counter()
    best = min((descend(start, data, job["delta"]) for start in grid(job["starts"])), key=lambda end: end.fun)
    best = bfgs(best.x, data, job["delta"], 1e-10)
    fitted = time.perf_counter()
    random = np.random.default_rng(0)
    draws = [bootstrap(best.x, data, job["delta"], random) for _ in range(job["replicates"])]
    ended = time.perf_counter()
    values = [list(named(draw).values()) for draw in draws]
    report = {
        "seconds": {"starts": fitted - began, "bootstrap": ended - fitted},
        "objective": best.fun,
        "params": named(best.x),
        "deviations": dict(zip(NAMES, np.std(values, axis=0, ddof=1))),
    }
    print(json.dumps(report))


NAMES = ("E", "A", "B", "alpha", "beta")


def named(theta):
    a, b, e, alpha, beta = theta
    return dict(zip(NAMES, (np.exp(e), np.exp(a), np.exp(b), alpha, beta)))


def grid(count):
    """a, b, e, alpha, beta: 6 x 6 x 5 x 5 x 5 = 4500."""
    exponents = np.arange(0, 2.5, 0.5)
    axes = (np.arange(0, 30, 5), np.arange(0, 30, 5), np.arange(-1, 1.5, 0.5), exponents, exponents)
    return itertools.islice(itertools.product(*axes), count)


def objective(theta, data, delta):
    """Sum of Huber's function of ln predicted - ln measured, and its gradient."""
    log_n, log_d, log_loss = data
    a, b, e, alpha, beta = theta
    terms = np.array([a - alpha * log_n, b - beta * log_d, np.full_like(log_n, e)])
    top = terms.max(axis=0)
    parts = np.exp(terms - top)
    total = parts.sum(axis=0)
    residual = top + np.log(total) - log_loss
    size = np.abs(residual)
    value = np.where(size <= delta, residual**2 / 2, delta * (size - delta / 2)).sum()
    pull = np.clip(residual, -delta, delta) * (parts / total)
    slope = pull.sum(axis=1)
    return value, np.array([slope[0], slope[1], slope[2], -pull[0] @ log_n, -pull[1] @ log_d])


def descend(start, data, delta):
    options = {"ftol": 1e-12, "gtol": 1e-8, "maxiter": 1000, "maxfun": 2000}
    return minimize(objective, start, (data, delta), method="L-BFGS-B", jac=True, options=options)


def bfgs(start, data, delta, tolerance):
    return minimize(objective, start, (data, delta), method="BFGS", jac=True, options={"gtol": tolerance})


def bootstrap(start, data, delta, random):
    rows = random.integers(0, len(data[0]), len(data[0]))
    return bfgs(start, tuple(column[rows] for column in data), delta, 1e-6).x


if __name__ == "__main__":
    main()
