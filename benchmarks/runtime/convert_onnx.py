"""The steps as an ONNX graph, channels first, with a free batch; and that in 8 bits."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_dynamic, quantize_static


class Graph:
    def __init__(self, net):
        self.net = net
        self.nodes = []
        self.constants = []

    def constant(self, values):
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def weight(self, place):
        return self.constant(self.net.weight(place))

    def node(self, op, *inputs, outputs=1, **attributes):
        names = [f"t{len(self.nodes)}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(op, list(inputs), names, name=f"n{len(self.nodes)}", **attributes))
        return names[-1]

    def activated(self, x, activation):
        if activation == "relu":
            return self.node("Relu", x)
        if activation == "relu6":
            return self.node("Clip", x, self.constant(np.float32(0)), self.constant(np.float32(6)))
        if activation == "softmax":
            return self.node("Softmax", x, axis=-1)
        return x


def convert(net):
    graph = Graph(net)
    values = []
    for step in net.steps:
        values.append(apply(graph, step, *[values[at] for at in step["from"]]))
    # Of the last node, whose name is known to nobody yet.
    graph.nodes[-1].output[0] = "y"
    shape = net.shape if len(net.shape) < 3 else (net.shape[2], net.shape[0], net.shape[1])
    made = helper.make_graph(
        graph.nodes,
        "net",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", *shape])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", "C"])],
        graph.constants,
    )
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.checker.check_model(model)
    return model.SerializeToString()


def apply(graph, step, x="x", *others):
    op = step["op"]
    if op == "input":
        return "x"
    if op in ("conv", "depthwise"):
        return convolution(graph, step, x)
    if op == "dense":
        y = graph.node("Gemm", x, graph.constant(dense_kernel(graph.net, step)), graph.weight(step["bias"]))
        return graph.activated(y, step["activation"])
    if op == "maxPool":
        return graph.node("MaxPool", x, kernel_shape=step["size"], strides=step["strides"])
    if op == "mean":
        return graph.node("Flatten", graph.node("GlobalAveragePool", x))
    if op == "flatten":
        return graph.node("Flatten", x)
    if op == "add":
        return graph.node("Add", x, others[0])
    if op == "gather":
        return graph.node("Gather", graph.weight(step["kernel"]), graph.node("Cast", x, to=TensorProto.INT32))
    if op == "lstm":
        return lstm(graph, step, x)
    raise ValueError(op)


def convolution(graph, step, x):
    kernel = graph.net.weight(step["kernel"])
    is_depthwise = step["op"] == "depthwise"
    kernel = kernel.transpose(2, 3, 0, 1) if is_depthwise else kernel.transpose(3, 2, 0, 1)
    top, bottom, left, right = step["padding"]
    y = graph.node(
        "Conv",
        x,
        graph.constant(kernel),
        graph.weight(step["bias"]),
        kernel_shape=list(kernel.shape[2:]),
        strides=step["strides"],
        pads=[top, left, bottom, right],
        group=kernel.shape[0] if is_depthwise else 1,
    )
    return graph.activated(y, step["activation"])


def dense_kernel(net, step):
    """Behind a flatten step, with its rows in the order of channels first."""
    kernel = net.weight(step["kernel"])
    before = net.steps[step["from"][0]]
    if before["op"] != "flatten":
        return kernel
    return kernel.reshape(*before["input"], -1).transpose(2, 0, 1, 3).reshape(kernel.shape)


def lstm(graph, step, x):
    """ONNX wants the gates as input, output, forget, cell; tfjs has input, forget, cell, output."""
    net, units = graph.net, step["units"]

    def gates(values):
        i, f, c, o = np.split(values, 4, axis=-1)
        return np.concatenate([i, o, f, c], axis=-1)

    kernel = gates(net.weight(step["kernel"])).T[None]
    recurrent = gates(net.weight(step["recurrent"])).T[None]
    bias = gates(net.weight(step["bias"]))
    biases = np.concatenate([bias, np.zeros_like(bias)])[None]
    steps = graph.node("Transpose", x, perm=[1, 0, 2])
    constants = [graph.constant(values) for values in (kernel, recurrent, biases)]
    last = graph.node("LSTM", steps, *constants, outputs=2, hidden_size=units)
    return graph.node("Squeeze", last, graph.constant(np.array([0], dtype="int64")))


class Samples(CalibrationDataReader):
    def __init__(self, net):
        first = net.samples if len(net.shape) < 3 else [sample.transpose(0, 3, 1, 2) for sample in net.samples]
        self.rest = iter([{"x": sample} for sample in first])

    def get_next(self):
        return next(self.rest, None)


def quantize(net, path):
    source = path.replace(".int8.onnx", ".onnx")
    if net.is_text:
        quantize_dynamic(source, path, weight_type=QuantType.QInt8)
        return
    quantize_static(
        source,
        path,
        Samples(net),
        quant_format=QuantFormat.QDQ,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        per_channel=True,
    )
