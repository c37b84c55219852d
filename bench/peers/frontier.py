"""Times Pareto frontiers in Python. Reads {"file", "axes", "count", "by", "repetitions"} as JSON, one a line.

The file holds float64 columns one after the other, all to be minimised. Answers each line with
{"seconds": median of the repetitions, "front": how many points are on the front}.
"""

import bisect
import json
import statistics
import sys
import time

import numpy as np


def sort_and_scan(x, y):
    """Two objectives. Sorts by x with NumPy's fastest sort and settles ties by runs of equal x."""
    order = np.argsort(x)
    xs, ys = x[order], y[order]
    starts = np.flatnonzero(np.r_[True, xs[1:] != xs[:-1]])
    lowest = np.minimum.reduceat(ys, starts)
    before = np.r_[np.inf, np.minimum.accumulate(lowest)[:-1]]
    before[0] = np.nan if np.isinf(lowest[0]) else np.inf
    lengths = np.diff(np.r_[starts, len(xs)])
    return order[(ys == np.repeat(lowest, lengths)) & np.repeat(~(before <= lowest), lengths)]


def staircase(x, y, z):
    """Three objectives. Sweeps along x and keeps the (y, z) front so far in sorted lists."""
    order = np.lexsort((z, y, x))
    steps_y, steps_z, front, last = [], [], [], None
    points = zip(order.tolist(), x[order].tolist(), y[order].tolist(), z[order].tolist())
    for i, *point in points:
        if point == last:
            front.append(i)
            continue
        _, b, c = point
        at = bisect.bisect_right(steps_y, b)
        if at and steps_z[at - 1] <= c:
            continue
        last = point
        front.append(i)
        at = bisect.bisect_left(steps_y, b)
        end = at
        while end < len(steps_z) and steps_z[end] >= c:
            end += 1
        steps_y[at:end] = [b]
        steps_z[at:end] = [c]
    return front


def by_paretoset(*columns):
    from paretoset import paretoset

    points = np.column_stack(columns)
    return np.flatnonzero(paretoset(points, distinct=False))


WAYS = {"numpy sort and scan": sort_and_scan, "Python staircase": staircase, "paretoset": by_paretoset}


def median_seconds(work, repetitions):
    front = work()  # warm-up; numba compiles here
    times = []
    for _ in range(repetitions):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return {"seconds": statistics.median(times), "front": len(front)}


def measure(job):
    columns = np.fromfile(job["file"]).reshape(job["axes"], job["count"])
    return median_seconds(lambda: WAYS[job["by"]](*columns), job["repetitions"])


for line in sys.stdin:
    print(json.dumps(measure(json.loads(line))), flush=True)
