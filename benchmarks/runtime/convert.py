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
        x = np.fromfile(os.path.join(folder, name + ".1.x"), dtype="<f4").reshape((-1,) + self.shape)
        self.is_text = any(step["op"] == "gather" for step in self.steps)
        # For calibration.
        self.samples = [x[i : i + 1] for i in range(len(x))]

    def weight(self, place):
        size = int(np.prod(place["shape"]))
        return self.weights[place["offset"] : place["offset"] + size].reshape(place["shape"])


ENDINGS = [".tflite", ".sparse.tflite", ".int8.tflite", ".onnx", ".int8.onnx"]


def main(folder, names):
    failures = {}
    for name in names:
        path = os.path.join(folder, name)
        made = os.path.getmtime(path + ".bin")
        wanted = [ending for ending in ENDINGS if not is_newer(path + ending, made)]
        net = Net(folder, name) if wanted else None
        for ending in wanted:
            try:
                contents = convert(net, ending, path + ending)
                if contents is not None:
                    with open(path + ending, "wb") as file:
                        file.write(contents)
            except Exception as error:  # Any failure of a converter is a finding.
                failures[name + ending] = str(error).strip().split("\n")[0][:200]
    print(json.dumps(failures))


def is_newer(path, time):
    return os.path.exists(path) and os.path.getmtime(path) > time


def convert(net, ending, path):
    """Imports what it needs: TensorFlow takes half a minute."""
    if ending.endswith(".tflite"):
        import convert_tflite

        return convert_tflite.convert(net, sparse="sparse" in ending, int8="int8" in ending)
    import convert_onnx

    return convert_onnx.convert(net) if ending == ".onnx" else convert_onnx.quantize(net, path)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
