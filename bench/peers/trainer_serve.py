"""The conversation of bench/trainer.ts with a trainer in Python: a job a line in, an answer a line out.

open {name, ...model}: builds a trainer, takes its first steps; answers {losses}, those before each step, or {error}
run {name, steps}: answers {seconds, cpu, loss}, of all steps together
peak {}: answers {flops}, of the fastest matrix product, a second
close {}: drops all trainers
"""

import json
import resource
import sys
import time

FIRST_STEPS = 3


def serve(build, product):
    """`build(model)` gives a function that takes a step and returns its loss; `product(size)` one that multiplies."""
    steps = {}
    for line in sys.stdin:
        job = json.loads(line)
        kind = job["job"]
        if kind == "open":
            answer = first_steps(steps, build, job)
        elif kind == "run":
            answer = run(steps[job["name"]], job["steps"])
        elif kind == "peak":
            answer = {"flops": max(rate(product(size), 2 * size**3) for size in (256, 512, 1024, 2048))}
        else:
            steps.clear()
            answer = {}
        print(json.dumps(answer), flush=True)


def first_steps(steps, build, job):
    try:
        step = build(job)
        losses = [step() for _ in range(FIRST_STEPS)]
    except Exception as error:  # a way that does not work on this machine, e.g. to compile without a compiler
        return {"error": (str(error).strip().splitlines() or [repr(error)])[0]}
    steps[job["name"]] = step
    return {"losses": losses}


def run(step, count):
    cpu, start = cpu_seconds(), time.perf_counter()
    for _ in range(count):
        loss = step()
    return {"seconds": time.perf_counter() - start, "cpu": cpu_seconds() - cpu, "loss": loss}


def rate(work, flops):
    work()
    times = []
    for _ in range(3):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return flops / min(times)


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime
