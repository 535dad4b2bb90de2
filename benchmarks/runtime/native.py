"""Times of LiteRT's native library: processor time of the process, one thread.

    python3 native.py FOLDER JSON

with a list of { name, input, batches }. Prints the results as JSON in its last line: by net and batch, by kind of
file { difference, microseconds, fastest: by clock } or { error }. Needs ai-edge-litert.
"""

import json
import os
import statistics
import sys
import time

import numpy as np
from ai_edge_litert.interpreter import Interpreter

FILES = {"LiteRT": ".tflite", "LiteRT int8": ".int8.tflite", "LiteRT sparse": ".sparse.tflite"}
ROUNDS, SECONDS, WARM_UP = 9, 0.02, 0.2


def main(folder, nets):
    results = {}
    for net in nets:
        for batch in net["batches"]:
            key = f"{net['name']} {batch}"
            results[key] = measure(os.path.join(folder, net["name"]), net["input"], batch)
    print(json.dumps(results))


def measure(path, shape, batch):
    size = batch * int(np.prod(shape))
    inputs = np.fromfile(f"{path}.{batch}.x", dtype="<f4")
    x = inputs[:size].reshape([batch, *shape])
    outputs = np.fromfile(f"{path}.{batch}.y", dtype="<f4")
    expected = outputs[: outputs.size * size // inputs.size]
    results, runs = {}, {}
    for name, ending in FILES.items():
        try:
            run, output = open_model(path + ending, x)
            results[name] = {"difference": difference(output, expected)}
            check(results[name]["difference"], "int8" in name)
            runs[name] = run
        except Exception as error:  # Any failure of a contender is a finding.
            results.setdefault(name, {})["error"] = str(error).strip().split("\n")[0].replace(os.path.dirname(path), "")
    for name, samples in interleaved(runs).items():
        results[name]["microseconds"] = {"processor": 1e6 * statistics.median(samples)}
        results[name]["fastest"] = {"processor": 1e6 * min(samples)}
    return results


def difference(output, expected):
    apart = np.abs(output - expected)
    mean = np.sqrt(np.sum(apart**2) / np.sum(expected**2))
    return {"largest": float(apart.max() / np.abs(expected).max()), "mean": float(mean)}


def check(found, is_rounded):
    kind, limit = ("mean", 0.5) if is_rounded else ("largest", 1e-4)
    if not found[kind] <= limit:
        raise ValueError(f"expected outputs within {limit} of tfjs's ({kind} difference), received {found[kind]}.")


def open_model(file, x):
    """What is timed has its input in place already, in favor of this rival: only the computation."""
    interpreter = Interpreter(model_path=file, num_threads=1)
    (place,) = interpreter.get_input_details()
    if tuple(place["shape"]) != x.shape:
        interpreter.resize_tensor_input(place["index"], x.shape)
    interpreter.allocate_tensors()
    interpreter.set_tensor(place["index"], x)
    interpreter.invoke()
    output = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])
    return interpreter.invoke, output.reshape(-1)


def interleaved(runs):
    counts = {name: count_for(run) for name, run in runs.items()}
    times = {name: [] for name in runs}
    for _ in range(ROUNDS):
        for name, run in runs.items():
            times[name].append(time_of(run, counts[name]) / counts[name])
    return times


def count_for(run):
    one = time_of(run, 3) / 3
    time_of(run, max(1, int(WARM_UP / one)))
    return max(1, int(SECONDS / one))


def time_of(run, count):
    start = time.process_time()
    for _ in range(count):
        run()
    return time.process_time() - start


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))
