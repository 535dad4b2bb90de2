"""What tfmot's pruning wrapper adds to a training step of LeNet-300-100 in Keras, batch 64: prints JSON."""

import json
import os
import statistics
import sys
import time

os.environ["TF_USE_LEGACY_KERAS"] = "1"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
import tensorflow as tf
import tensorflow_model_optimization as tfmot
import tf_keras as keras

rounds = int(sys.argv[1])
steps_per_epoch = 40
xs = np.random.rand(64 * steps_per_epoch, 784).astype("float32")
ys = keras.utils.to_categorical(np.random.randint(0, 10, 64 * steps_per_epoch), 10)


def net():
    return keras.Sequential(
        [
            keras.layers.Dense(300, activation="relu", input_shape=(784,)),
            keras.layers.Dense(100, activation="relu"),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )


def fit(model, callbacks):
    start = time.perf_counter()
    model.fit(xs, ys, batch_size=64, epochs=1, verbose=0, shuffle=False, callbacks=callbacks)
    return (time.perf_counter() - start) * 1000 / steps_per_epoch


schedule = tfmot.sparsity.keras.PolynomialDecay(0.0, 0.9, 0, 10 * (rounds + 2) * steps_per_epoch, frequency=10)
stock, pruned = net(), tfmot.sparsity.keras.prune_low_magnitude(net(), pruning_schedule=schedule)
for model in (stock, pruned):
    model.compile(keras.optimizers.SGD(0.01, momentum=0.9), "categorical_crossentropy")
times = {"stock": [], "pruned": []}
for _ in range(rounds + 2):
    times["stock"].append(fit(stock, []))
    times["pruned"].append(fit(pruned, [tfmot.sparsity.keras.UpdatePruningStep()]))
pairs = list(zip(times["stock"], times["pruned"]))[2:]
print(
    json.dumps(
        {
            "stockMilliseconds": statistics.median(s for s, _ in pairs),
            "ratio": statistics.median(p / s for s, p in pairs),
            "tensorflow": tf.__version__,
            "tfmot": tfmot.__version__,
        }
    )
)
