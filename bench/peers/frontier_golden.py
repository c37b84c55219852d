"""Makes test/frontier/fixtures/golden.json: fronts of seeded point sets by two packages that must agree.

python bench/peers/frontier_golden.py > test/frontier/fixtures/golden.json
Needs numpy==2.4.6 paretoset==1.2.5 oapackage==2.7.21. The points come from a 32-bit generator and plain sums, so
that test/frontier/portable.ts makes the very same ones.
"""

import json

import numpy as np
import oapackage
from paretoset import paretoset


def uniforms(seed):
    state = seed
    while True:
        state = (1664525 * state + 1013904223) % 2**32
        yield state / 2**32


def portable_points(kind, axes, count, seed):
    """uniform: in [0, 1). grid: whole numbers 0 to 9, many ties. trade: each axis bought at the cost of the next."""
    u = uniforms(seed)
    rows = []
    for _ in range(count):
        row = [next(u) for _ in range(axes)]
        if kind == "grid":
            row = [float(int(value * 10)) for value in row]
        if kind == "trade":
            row = [row[j] - row[(j + 1) % axes] + row[(j + 2) % axes] / 8 for j in range(axes)]
        rows.append(row)
    return np.array(rows)


def by_oapackage(points):
    front = oapackage.ParetoDoubleLong()
    for i, row in enumerate(points):
        front.addvalue(oapackage.doubleVector(list(-row)), i)  # it maximises
    return sorted({int(i) for i in front.allindices()})


def checksum(indices):
    """FNV-1a over the indices, 32 bits."""
    value = 2166136261
    for i in indices:
        value = ((value ^ int(i)) * 16777619) % 2**32
    return value


cases = []
for kind in ("uniform", "grid", "trade"):
    for axes in (1, 2, 3, 4, 5):
        case = {"kind": kind, "axes": axes, "count": 10_000, "seed": 100 * axes + len(kind)}
        points = portable_points(**case)
        front = np.flatnonzero(paretoset(points, sense=["min"] * axes, distinct=False))
        other = by_oapackage(points)
        assert other == front.tolist(), (case, len(other), len(front))
        cases.append({**case, "front": len(front), "checksum": checksum(front)})
source = "paretoset 1.2.5 (distinct=False); oapackage 2.7.21 gives the same fronts"
print(json.dumps({"source": source, "cases": cases}, indent=2))
