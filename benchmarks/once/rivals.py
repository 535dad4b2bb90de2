"""Post-training int8 of other tools on the nets and images of run.mjs.

    python benchmarks/once/rivals.py --models FOLDER --images FOLDER [--only NET]

FOLDERs as for run.mjs and as written by rivalImages.mjs. Writes results/rivals.json.
Needs tensorflow-cpu, onnx, onnxruntime, ai-edge-litert and ai-edge-quantizer. Both tools
quantize weights and activations, with a scale for each output channel of a kernel;
compressOnce() quantizes weights alone.
"""

import argparse
import importlib.metadata
import json
import os
import pathlib
import platform
import tempfile
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import onnx
import onnxruntime
import tensorflow as tf
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

HERE = pathlib.Path(__file__).parent
FOLDERS = {
    "ResNet-8": "mlperf-tiny/resnet8_cifar10",
    "ResNet-20": "resnet20_cifar10",
    "EfficientNet-Lite0": "efficientnet_lite0",
    "SqueezeNet": "squeezenet_deep_compression",
}


def read_model(folder):
    """The layers of a tfjs layers model, and its weights by name."""
    model = json.loads((folder / "model.json").read_text())
    topology = model["modelTopology"]
    topology = topology.get("model_config", topology)
    weights = {}
    for group in model["weightsManifest"]:
        data = b"".join((folder / path).read_bytes() for path in group["paths"])
        at = 0
        for spec in group["weights"]:
            size = int(np.prod(spec["shape"]))
            weights[spec["name"]] = np.frombuffer(data, np.float32, size, at).reshape(spec["shape"])
            at += 4 * size
    return topology["config"], weights


class Onnx:
    """The same net as an ONNX graph, channels first; its input is channels last."""

    def __init__(self, config, weights):
        self.weights, self.nodes, self.initializers = weights, [], []
        names = {}
        for layer in config["layers"]:
            own = layer["config"]
            inputs = [names[each[0]] for each in (layer["inbound_nodes"] or [[]])[0]]
            names[own["name"]] = getattr(self, layer["class_name"])(own, inputs)
        shape = config["layers"][0]["config"]["batch_input_shape"]
        image = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", *shape[1:]])
        output = helper.make_tensor_value_info(names[config["output_layers"][0][0]], TensorProto.FLOAT, None)
        graph = helper.make_graph(self.nodes, "net", [image], [output], self.initializers)
        self.model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)

    def node(self, op, inputs, name, **attributes):
        self.nodes.append(helper.make_node(op, inputs, [name], name=name, **attributes))
        return name

    def constant(self, name, value):
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def activated(self, x, own):
        if own.get("activation", "linear") == "linear":
            return x
        op = {"relu": "Relu", "softmax": "Softmax"}[own["activation"]]
        return self.node(op, [x], f"{own['name']}_{op}")

    def InputLayer(self, own, _):
        return self.node("Transpose", ["image"], "channels_first", perm=[0, 3, 1, 2])

    def Conv2D(self, own, inputs, kernel=None, group=1):
        name = own["name"]
        if kernel is None:
            kernel = self.weights[f"{name}/kernel"].transpose(3, 2, 0, 1)
        all_inputs = [inputs[0], self.constant(f"{name}_kernel", kernel)]
        if own["use_bias"]:
            all_inputs.append(self.constant(f"{name}_bias", self.weights[f"{name}/bias"]))
        padding = "SAME_UPPER" if own["padding"] == "same" else "VALID"
        conv = self.node("Conv", all_inputs, name, auto_pad=padding, strides=own["strides"], group=group)
        return self.activated(conv, own)

    def DepthwiseConv2D(self, own, inputs):
        kernel = self.weights[f"{own['name']}/depthwise_kernel"].transpose(2, 3, 0, 1)
        return self.Conv2D(own, inputs, kernel, kernel.shape[0])

    def BatchNormalization(self, own, inputs):
        name = own["name"]
        keys = ["gamma", "beta", "moving_mean", "moving_variance"]
        values = [self.constant(f"{name}_{key}", self.weights[f"{name}/{key}"]) for key in keys]
        return self.node("BatchNormalization", [*inputs, *values], name, epsilon=own["epsilon"])

    def ReLU(self, own, inputs):
        bounds = [self.constant(f"{own['name']}_{at}", np.float32(at)) for at in (0, own["max_value"])]
        return self.node("Clip", [*inputs, *bounds], own["name"])

    def Activation(self, own, inputs):
        return self.activated(inputs[0], own)

    def Add(self, own, inputs):
        return self.node("Add", inputs, own["name"])

    def Concatenate(self, own, inputs):
        return self.node("Concat", inputs, own["name"], axis=1)

    def Dropout(self, _, inputs):
        return inputs[0]

    def ZeroPadding2D(self, own, inputs):
        (top, bottom), (left, right) = own["padding"]
        pads = np.array([0, 0, top, left, 0, 0, bottom, right], np.int64)
        return self.node("Pad", [*inputs, self.constant(f"{own['name']}_pads", pads)], own["name"])

    def pool(self, op, own, inputs):
        padding = "SAME_UPPER" if own["padding"] == "same" else "VALID"
        return self.node(
            op, inputs, own["name"], kernel_shape=own["pool_size"], strides=own["strides"], auto_pad=padding
        )

    def AveragePooling2D(self, own, inputs):
        return self.pool("AveragePool", own, inputs)

    def MaxPooling2D(self, own, inputs):
        return self.pool("MaxPool", own, inputs)

    def GlobalAveragePooling2D(self, own, inputs):
        return self.node("ReduceMean", inputs, own["name"], axes=[2, 3], keepdims=0)

    def Permute(self, own, inputs):
        """[1, 3, 2] of channels last swaps the last two axes; here they are axes 1 and 3."""
        if own["dims"] != [1, 3, 2]:
            raise ValueError(f"{own['name']}: expected the axes [1, 3, 2], received {own['dims']}")
        return self.node("Transpose", inputs, own["name"], perm=[0, 3, 2, 1])

    def Flatten(self, own, inputs):
        """Of 1×1 images only, whose order does not depend on the layout."""
        return self.node("Flatten", inputs, own["name"])

    def Dense(self, own, inputs):
        name = own["name"]
        kernel = self.constant(f"{name}_kernel", self.weights[f"{name}/kernel"])
        bias = self.constant(f"{name}_bias", self.weights[f"{name}/bias"])
        return self.activated(self.node("Gemm", [*inputs, kernel, bias], name), own)


def keras_model(config, weights):
    """The same net in Keras, from which TensorFlow's converter makes a .tflite file."""
    kept = {"filters", "kernel_size", "strides", "padding", "activation", "use_bias", "units", "pool_size", "axis"}
    kept |= {"epsilon", "max_value", "dims", "name"}
    values = {}
    for layer in config["layers"]:
        own = layer["config"]
        if layer["class_name"] == "InputLayer":
            values[own["name"]] = inputs = tf.keras.Input(own["batch_input_shape"][1:], name=own["name"])
            continue
        arguments = {key: value for key, value in own.items() if key in kept}
        if isinstance(arguments.get("axis"), list):
            [arguments["axis"]] = arguments["axis"]
        if layer["class_name"] == "Dropout":
            arguments["rate"] = own["rate"]
        given = [values[each[0]] for each in layer["inbound_nodes"][0]]
        made = getattr(tf.keras.layers, layer["class_name"])(**arguments)
        values[own["name"]] = made(given if len(given) > 1 else given[0])
        # Keras 3 calls a depthwise kernel a kernel.
        names = [each.name for each in made.weights]
        if layer["class_name"] == "DepthwiseConv2D":
            names = ["depthwise_kernel" if name == "kernel" else name for name in names]
        made.set_weights([weights[f"{own['name']}/{name}"] for name in names])
    return tf.keras.Model(inputs, values[config["output_layers"][0][0]])


class Reader(CalibrationDataReader):
    def __init__(self, images, size=25):
        self.batches = iter([{"image": images[i : i + size]} for i in range(0, len(images), size)])

    def get_next(self):
        return next(self.batches, None)


def score_onnx(file, test, labels):
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    found = [session.run(None, {"image": test[i : i + 50]})[0].argmax(1) for i in range(0, len(test), 50)]
    return float((np.concatenate(found) == labels).mean())


def onnx_row(config, weights, examples, test, labels, folder):
    plain, fused, quantized = (os.path.join(folder, f"{each}.onnx") for each in ("float", "fused", "int8"))
    onnx.save(Onnx(config, weights).model, plain)
    quant_pre_process(plain, fused, skip_symbolic_shape=True)
    begin = time.time()
    quantize_static(
        fused,
        quantized,
        Reader(examples),
        quant_format=QuantFormat.QDQ,
        per_channel=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
    )
    return {
        "tool": "onnxruntime",
        "seconds": time.time() - begin,
        "float": score_onnx(plain, test, labels),
        "int8": score_onnx(quantized, test, labels),
        "bytes": os.path.getsize(quantized),
    }


def score_tflite(content, test, labels):
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_content=content, num_threads=2)
    size = 20
    details = interpreter.get_input_details()[0]
    input_index, (scale, zero) = details["index"], details["quantization"]
    interpreter.resize_tensor_input(input_index, [size, *test.shape[1:]])
    interpreter.allocate_tensors()
    # The largest of int8 outputs is the largest of what they stand for.
    output = interpreter.get_output_details()[0]["index"]
    found = []
    for i in range(0, len(test), size):
        images = test[i : i + size]
        if details["dtype"] == np.int8:
            images = np.clip(np.round(images / scale) + zero, -128, 127).astype(np.int8)
        interpreter.set_tensor(input_index, images)
        interpreter.invoke()
        found.append(interpreter.get_tensor(output).argmax(1))
    return float((np.concatenate(found) == labels).mean())


def tflite_row(config, weights, examples, test, labels, folder):
    from ai_edge_quantizer import quantizer, recipe

    plain = os.path.join(folder, "float.tflite")
    converter = tf.lite.TFLiteConverter.from_keras_model(keras_model(config, weights))
    pathlib.Path(plain).write_bytes(converter.convert())
    begin = time.time()
    work = quantizer.Quantizer(plain, recipe.static_wi8_ai8())
    signature, inputs = next(iter(tf.lite.Interpreter(plain).get_signature_list().items()))
    name = inputs["inputs"][0]
    statistics = work.calibrate({signature: [{name: examples[i : i + 1]} for i in range(len(examples))]})
    content = bytes(work.quantize(statistics).quantized_model)
    return {
        "tool": "ai-edge-quantizer",
        "seconds": time.time() - begin,
        "float": score_tflite(pathlib.Path(plain).read_bytes(), test, labels),
        "int8": score_tflite(content, test, labels),
        "bytes": len(content),
    }


def main():
    parser = argparse.ArgumentParser()
    for name in ("models", "images"):
        parser.add_argument(f"--{name}", type=pathlib.Path, required=True)
    parser.add_argument("--only", choices=FOLDERS)
    args = parser.parse_args()
    result = HERE / "results" / "rivals.json"
    rows = json.loads(result.read_text())["rows"] if result.exists() else []
    for net, folder in FOLDERS.items():
        if args.only and net != args.only:
            continue
        config, weights = read_model(args.models / folder)
        index = json.loads((args.images / net / "images.json").read_text())
        read = lambda part: np.fromfile(args.images / net / f"{part}.f32", np.float32).reshape(index["shapes"][part])
        data = (read("examples"), read("test"), np.array(index["labels"]))
        for make in (onnx_row, tflite_row):
            with tempfile.TemporaryDirectory() as temporary:
                row = {"net": net, **make(config, weights, *data, temporary)}
            print(json.dumps(row), flush=True)
            rows = [each for each in rows if (each["net"], each["tool"]) != (net, row["tool"])] + [row]
            packages = ("tensorflow-cpu", "onnx", "onnxruntime", "ai-edge-litert", "ai-edge-quantizer")
            versions = {each: importlib.metadata.version(each) for each in packages}
            machine = {"cores": os.cpu_count(), "python": platform.python_version()}
            content = {"date": time.strftime("%Y-%m-%d"), "machine": machine, "versions": versions, "rows": rows}
            result.write_text(json.dumps(content, indent=2) + "\n")


if __name__ == "__main__":
    main()
