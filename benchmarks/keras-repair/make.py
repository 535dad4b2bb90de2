"""Small Keras 3 models as tensorflowjs' converter 4.22 writes them, each with an input and Keras' own prediction.

    python make.py FOLDER        (needs keras, h5py and a backend: jax, torch or tensorflow)

The weights get the converter's names: of HDF5 files those that the file lists, layer by layer in the order of their names; of .keras files
the layer's name and a number.
"""

import io
import json
import os
import sys
import tempfile
import zipfile

os.environ.setdefault("KERAS_BACKEND", "jax")
import h5py
import keras
import numpy as np
from keras import Model, Sequential, layers

folder = sys.argv[1]
rng = np.random.default_rng(1)


def dense():
    return Sequential(
        [
            keras.Input((6,)),
            layers.Dense(8, activation="silu", kernel_regularizer="l2"),
            layers.Dropout(0.5),
            layers.Dense(5, activation="gelu", kernel_initializer="he_normal", bias_regularizer=keras.regularizers.L1(0.1)),
            layers.Dense(3, activation="softmax", kernel_constraint=keras.constraints.MaxNorm(100)),
        ]
    )


def convolutions():
    x = inputs = keras.Input((12, 12, 3))
    x = layers.RandomFlip("horizontal")(x)
    x = layers.Rescaling(0.5, offset=-0.1)(x)
    x = layers.Conv2D(4, 3, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU(negative_slope=0.2)(x)
    y = layers.SeparableConv2D(4, 3, padding="same", depth_multiplier=1)(x)
    y = layers.LeakyReLU(negative_slope=0.1)(y)
    x = layers.Add()([x, y])
    z = layers.DepthwiseConv2D(3, padding="same", activation="relu6")(x)
    x = layers.Concatenate()([x, z])
    x = layers.SpatialDropout2D(0.3)(x)
    x = layers.Conv2DTranspose(3, 2, strides=2)(x)
    x = layers.MaxPooling2D()(x)
    x = layers.GlobalAveragePooling2D()(x)
    return Model(inputs, layers.Dense(2)(x))


def recurrent():
    x = inputs = keras.Input((7,), dtype="int32")
    x = layers.Embedding(10, 4)(x)
    x = layers.Bidirectional(layers.LSTM(3, return_sequences=True))(x)
    x = layers.GRU(4, reset_after=False, return_sequences=True)(x)
    x = layers.TimeDistributed(layers.Dense(3, activation="tanh"))(x)
    x = layers.SimpleRNN(4)(x)
    return Model(inputs, layers.Dense(2)(x))


def stacked_cells():
    cells = [layers.LSTMCell(3), layers.LSTMCell(2)]
    return Sequential([keras.Input((5, 2)), layers.RNN(cells), layers.Dense(1)])


def states_and_names():
    a, b = keras.Input((4, 2), name="a"), keras.Input((3,), name="b")
    h = layers.Dense(3, name="hidden")(b)
    c = layers.Dense(3, name="cell_state")(b)
    x = layers.LSTM(3, name="decoder")(a, initial_state=[h, c])
    return Model([a, b], {"one": layers.Dense(2, name="one")(x), "two": layers.Dense(1, name="two")(h)})


def nested():
    inner = Sequential([keras.Input((4,)), layers.Dense(3, activation="relu", name="inner_dense")], name="inner")
    a, b = keras.Input((4,)), keras.Input((4,))
    shared = layers.Dense(4, name="shared")
    x = layers.Concatenate()([inner(shared(a)), inner(shared(b))])
    return Model([a, b], layers.Dense(2)(x))


def normalization():
    layer = layers.Normalization()
    layer.adapt(rng.normal(3, 2, (50, 5)).astype("float32"))
    return Sequential([keras.Input((5,)), layer, layers.Dense(2)])


def added():
    a = keras.Input((4,))
    x = layers.Dense(4)(a)
    return Model(a, layers.Dense(2)(x + a))


def named():
    """Named so that the order of the names is not that of the network."""
    names = ["z_first", "m_second", "a_third"]
    return Sequential([keras.Input((4,))] + [layers.Dense(4, name=name, activation="tanh") for name in names])


def from_h5(model):
    with tempfile.TemporaryDirectory() as temporary:
        path = os.path.join(temporary, "model.h5")
        model.save(path)
        with h5py.File(path) as file:
            text = lambda value: value.decode() if isinstance(value, bytes) else value
            topology = {
                "keras_version": text(file.attrs["keras_version"]),
                "backend": text(file.attrs["backend"]),
                "model_config": json.loads(file.attrs["model_config"]),
            }
            groups = file["model_weights"]
            weights = [
                (text(name), np.array(groups[layer][name]))
                for layer in groups
                for name in groups[layer].attrs.get("weight_names", [])
            ]
    return topology, weights


def from_keras(model):
    """The names in .keras files are paths of classes: layers/dense_1/vars/0."""
    weights = []

    def visit(group, path):
        for key in group:
            if isinstance(group[key], h5py.Dataset):
                weights.append((path + key, np.array(group[key])))
            else:
                visit(group[key], f"{path}{key}/")

    with tempfile.TemporaryDirectory() as temporary:
        path = os.path.join(temporary, "model.keras")
        model.save(path)
        with zipfile.ZipFile(path) as archive:
            config = json.loads(archive.read("config.json"), object_hook=without_module)
            version = json.loads(archive.read("metadata.json"))["keras_version"]
            with h5py.File(io.BytesIO(archive.read("model.weights.h5"))) as file:
                visit(file, "")
    return {"keras_version": version, "model_config": config}, weights


def without_module(config):
    """The converter leaves these out."""
    return {key: value for key, value in config.items() if key not in ("module", "registered_name", "date_saved")}


def write(name, model, convert):
    for weight in model.weights:
        if "float" in str(weight.dtype) and "normalization/" not in weight.path:
            scale = np.abs if "variance" in weight.path else lambda value: value
            weight.assign(scale(rng.normal(0, 0.5, weight.shape)).astype("float32"))
    topology, weights = convert(model)
    shapes = [tuple(each.shape[1:]) for each in model.inputs]
    inputs = [
        rng.integers(0, 10, (2, *shape)).astype("float32")
        if "int" in str(each.dtype)
        else rng.normal(0, 1, (2, *shape)).astype("float32")
        for each, shape in zip(model.inputs, shapes)
    ]
    predicted = model(inputs if len(inputs) > 1 else inputs[0], training=False)
    outputs = list(predicted.values()) if isinstance(predicted, dict) else [predicted]
    example = {
        side: [{"shape": list(each.shape), "values": np.asarray(each).ravel().tolist()} for each in tensors]
        for side, tensors in (("inputs", inputs), ("outputs", outputs))
    }
    specs, data = [], b""
    for weight_name, value in weights:
        dtype = "int32" if np.issubdtype(value.dtype, np.integer) else "float32"
        specs.append({"name": weight_name, "shape": list(value.shape), "dtype": dtype})
        data += value.astype(dtype).tobytes()
    manifest = [{"paths": ["group1-shard1of1.bin"], "weights": specs}]
    model_json = {
        "format": "layers-model",
        "generatedBy": f"keras v{keras.__version__}",
        "convertedBy": "TensorFlow.js Converter v4.22.0",
        "modelTopology": topology,
        "weightsManifest": manifest,
    }
    os.makedirs(os.path.join(folder, name), exist_ok=True)
    with open(os.path.join(folder, name, "model.json"), "w") as file:
        json.dump(model_json, file)
    with open(os.path.join(folder, name, "group1-shard1of1.bin"), "wb") as file:
        file.write(data)
    with open(os.path.join(folder, name, "example.json"), "w") as file:
        json.dump(example, file)


for build in [dense, convolutions, recurrent, stacked_cells, states_and_names, nested, normalization, added, named]:
    keras.utils.clear_session()
    write(build.__name__, build(), from_h5)
for build in [dense, convolutions, recurrent, stacked_cells, nested, normalization, named]:
    keras.utils.clear_session()
    write(f"{build.__name__}_keras", build(), from_keras)
