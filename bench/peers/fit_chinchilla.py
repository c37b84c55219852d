"""Times the fit of the PyPI package chinchilla on its own example: the grid of its README, its own loss, all cores.

Reads {points: {N, D, loss}} as JSON, prints {seconds, objective, starts, params}. The picture that the package draws
after a fit is left out.
"""

import json
import sys
import tempfile
import time

import matplotlib
import numpy as np

matplotlib.use("Agg")

from chinchilla import Chinchilla  # noqa: E402
from chinchilla._metrics import asymmetric_mae  # noqa: E402

GRID = {
    "E": np.linspace(1.1, 1.5, 5),
    "A": np.linspace(200, 1000, 5),
    "B": np.linspace(200, 1000, 5),
    "alpha": np.linspace(0.1, 0.5, 5),
    "beta": np.linspace(0.1, 0.5, 5),
}


def main():
    points = {name: np.array(values) for name, values in json.load(sys.stdin)["points"].items()}
    with tempfile.TemporaryDirectory() as folder:
        package = Chinchilla(folder, param_grid=GRID, log_level=50)
        for n, d, loss in zip(points["N"], points["D"], points["loss"]):
            package.append(N=n, D=d, loss=loss)
        package.visualizer.optim = lambda *_, **__: None
        began = time.perf_counter()
        package.fit()
        seconds = time.perf_counter() - began
    params = {name: float(getattr(package, name)) for name in GRID}
    predicted = params["E"] + params["A"] / points["N"] ** params["alpha"] + params["B"] / points["D"] ** params["beta"]
    objective = float(np.mean(asymmetric_mae(points["loss"], predicted)))
    starts = int(np.prod([len(axis) for axis in GRID.values()]))
    print(json.dumps({"seconds": seconds, "objective": objective, "starts": starts, "params": params}))


if __name__ == "__main__":
    main()
