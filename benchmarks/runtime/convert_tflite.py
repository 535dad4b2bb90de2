"""The steps as TensorFlow operations, and those as .tflite."""

import tensorflow as tf
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

ACTIVATIONS = {
    "linear": lambda x: x,
    "relu": tf.nn.relu,
    "relu6": tf.nn.relu6,
    "softmax": tf.nn.softmax,
    None: lambda x: x,
}


def convert(net, sparse=False, int8=False):
    function = tf.function(lambda x: run(net, x), input_signature=[tf.TensorSpec((1,) + net.shape)])
    frozen = convert_variables_to_constants_v2(function.get_concrete_function())
    converter = tf.lite.TFLiteConverter.from_concrete_functions([frozen])
    if sparse:
        converter.optimizations = [tf.lite.Optimize.EXPERIMENTAL_SPARSITY]
    if int8:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: ([sample] for sample in net.samples)
        if not net.is_text:
            converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    return converter.convert()


def run(net, x):
    values = []
    for step in net.steps:
        inputs = [values[at] for at in step["from"]] or [x]
        values.append(apply(net, step, *inputs))
    return values[-1]


def apply(net, step, x, *others):
    op = step["op"]
    if op == "input":
        return x
    if op in ("conv", "depthwise"):
        return convolution(net, step, x)
    if op == "dense":
        y = tf.matmul(x, net.weight(step["kernel"])) + net.weight(step["bias"])
        return ACTIVATIONS[step["activation"]](y)
    if op == "maxPool":
        return tf.nn.max_pool2d(x, step["size"], step["strides"], "VALID")
    if op == "mean":
        return tf.reduce_mean(x, [1, 2])
    if op == "flatten":
        return tf.reshape(x, [-1, int(x.shape[1] * x.shape[2] * x.shape[3])])
    if op == "add":
        return x + others[0]
    if op == "gather":
        return tf.gather(net.weight(step["kernel"]), tf.cast(x, tf.int32))
    if op == "lstm":
        return lstm(net, step, x)
    raise ValueError(op)


def convolution(net, step, x):
    kernel = net.weight(step["kernel"])
    top, bottom, left, right = step["padding"]
    padding = "VALID"
    if is_same(step, x):
        padding = "SAME"
    elif any(step["padding"]):
        x = tf.pad(x, [[0, 0], [top, bottom], [left, right], [0, 0]])
    if step["op"] == "conv":
        y = tf.nn.conv2d(x, kernel, step["strides"], padding)
    else:
        y = tf.nn.depthwise_conv2d(x, kernel, [1, *step["strides"], 1], padding)
    return ACTIVATIONS[step["activation"]](y + net.weight(step["bias"]))


def is_same(step, x):
    top, bottom, left, right = step["padding"]
    for before, after, size, kernel, stride in zip(
        (top, left), (bottom, right), x.shape[1:3], step["kernel"]["shape"], step["strides"]
    ):
        total = max(0, (-(-size // stride) - 1) * stride + kernel - size)
        if (before, after) != (total // 2, total - total // 2):
            return False
    return any(step["padding"])


def lstm(net, step, x):
    """Unrolled, with the input's product for all steps at once."""
    recurrent, units = net.weight(step["recurrent"]), step["units"]
    _, length, width = x.shape
    parts = tf.matmul(tf.reshape(x, [length, width]), net.weight(step["kernel"])) + net.weight(step["bias"])
    h = tf.zeros([1, units])
    c = tf.zeros([1, units])
    for part in tf.split(parts, length):
        i, f, g, o = tf.split(part + tf.matmul(h, recurrent), 4, 1)
        c = tf.sigmoid(f) * c + tf.sigmoid(i) * tf.tanh(g)
        h = tf.sigmoid(o) * tf.tanh(c)
    return h
