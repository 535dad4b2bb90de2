"""Makes .tflite and .onnx files from the steps that prepare.mjs wrote.

    python3 convert.py FOLDER NET...

Writes NET.tflite, NET.int8.tflite, NET.sparse.tflite by TensorFlow's converter and NET.onnx, NET.int8.onnx by
onnxruntime's quantization, unless they are newer than the steps. Prints as its last line what went wrong, as JSON
by file. Needs tensorflow-cpu, onnx and onnxruntime.
"""

import json
import os
import sys

import numpy as np

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""


class Net:
    def __init__(self, folder, name):
        with open(os.path.join(folder, name + ".json"), encoding="utf8") as file:
            self.steps = json.load(file)
        self.weights = np.fromfile(os.path.join(folder, name + ".bin"), dtype="<f4")
        self.shape = tuple(self.steps[0]["shape"])
        x = np.fromfile(os.path.join(folder, name + ".1.x"), dtype="<f4").reshape((1,) + self.shape)
        # Calibration: inputs of the same kind, none of them the one that outputs are compared on.
        self.is_text = any(step["op"] == "gather" for step in self.steps)
        random = np.random.default_rng(0)
        self.samples = [random.permutation(x.reshape(-1)).reshape(x.shape) for _ in range(8)]

    def weight(self, place):
        size = int(np.prod(place["shape"]))
        return self.weights[place["offset"] : place["offset"] + size].reshape(place["shape"])


def main(folder, names):
    failures = {}
    for name in names:
        net = Net(folder, name)
        source = os.path.getmtime(os.path.join(folder, name + ".bin"))
        for ending, make in makers().items():
            path = os.path.join(folder, name + ending)
            if os.path.exists(path) and os.path.getmtime(path) > source:
                continue
            try:
                made = make(net, path)
                if made is not None:
                    with open(path, "wb") as file:
                        file.write(made)
            except Exception as error:  # Any failure of a converter is a finding.
                failures[name + ending] = str(error).strip().split("\n")[0][:200]
    print(json.dumps(failures))


def makers():
    import convert_onnx
    import convert_tflite

    return {
        ".tflite": lambda net, _: convert_tflite.convert(net),
        ".sparse.tflite": lambda net, _: convert_tflite.convert(net, sparse=True),
        ".int8.tflite": lambda net, _: convert_tflite.convert(net, int8=True),
        ".onnx": lambda net, _: convert_onnx.convert(net),
        ".int8.onnx": convert_onnx.quantize,
    }


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
