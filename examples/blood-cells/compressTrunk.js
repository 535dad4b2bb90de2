import * as tf from '@tensorflow/tfjs';
import { INQScheduler } from 'tfjs-compress';

/**
 * Quantizes the trunk of a detector in place with INQ. What it is to learn meanwhile is
 * what it computed before: the three levels of the detector that `load` gives again are
 * the labels, on random crops of the images; no box is needed. Depthwise kernels and
 * the first convolution, 0.6% of the weights, are left (`exclude`). Crops of [height,
 * width] pixels, multiples of the trunk's stride, are a quarter of the image.
 */
export async function compressTrunk(
  detector,
  load,
  images,
  { epochs, batchSize = 4, learningRate = 3e-4, crop = [160, 208], exclude = ['conv1', 'conv_dw*'], onEpoch },
) {
  const teacher = await load();
  const inputs = [];
  for (const image of images) inputs.push(await prepared(detector, image));
  const student = detector.featureModel;
  const trunk = student.layers.filter((layer) => layer.weights.length > 0);
  for (const layer of trunk) layer.trainable = true;
  const optimizer = tf.train.adam(learningRate);
  student.compile({ optimizer, loss: student.outputs.map(() => relativeError) });
  const steps = Math.max(1, Math.floor(inputs.length / batchSize));
  const batches = tf.data.generator(async function* () {
    while (true) {
      const order = tf.util.createShuffledIndices(inputs.length);
      for (let i = 0; i < steps; i++) {
        const ofBatch = [...order.subarray(i * batchSize, (i + 1) * batchSize)].map((k) => inputs[k]);
        yield tf.tidy(() => {
          const xs = tf.stack(ofBatch.map((input) => cropOf(input, crop)));
          return { xs, ys: teacher.featureModel.predict(xs) };
        });
      }
    }
  });
  await student.fitDataset(batches, {
    epochs,
    batchesPerEpoch: steps,
    verbose: 0,
    callbacks: [
      new INQScheduler({ steps: [0.5, 0.75, 0.875, 1], exclude }),
      new tf.CustomCallback({ onEpochEnd: (epoch, logs) => onEpoch(epoch + 1, logs.loss / 3) }),
    ],
  });
  for (const layer of trunk) layer.trainable = false;
  optimizer.dispose();
  teacher.dispose();
}

/** Squared error of a level, as a part of what the level holds. */
function relativeError(wanted, given) {
  return tf.div(tf.mean(tf.squaredDifference(given, wanted)), tf.mean(tf.square(wanted)));
}

/** The image as the trunk takes it, in memory as plain numbers. */
async function prepared(detector, image) {
  const { data, width: columns, height: rows } = await image.load();
  const tensor = tf.tensor3d(data, [rows, columns, 3], 'int32');
  const { input } = detector.prepare(tensor);
  const values = await input.data();
  tf.dispose([tensor, input]);
  return { values, shape: input.shape.slice(1) };
}

function cropOf({ values, shape: [rows, columns, channels] }, [height, width]) {
  const from = [rows - height, columns - width].map((most) => Math.floor(Math.random() * (most + 1)));
  return tf.tidy(() => tf.slice(tf.tensor(values, [rows, columns, channels]), [...from, 0], [height, width, channels]));
}
