import * as tf from '@tensorflow/tfjs';
import { INQScheduler } from 'tfjs-compress';

/**
 * Quantizes the trunk of a detector in place with INQ. What it is to learn meanwhile is
 * what it computed before: the three levels of the detector that `load` gives again are
 * the labels, on random crops of the pictures; no box is needed. Depthwise kernels and
 * the first convolution, 0.6% of the weights, are left (`exclude`). Crops of [height,
 * width] pixels, multiples of the trunk's stride, are a quarter of the picture.
 */
export async function compressTrunk(
  detector,
  load,
  pictures,
  { epochs, batchSize = 4, learningRate = 3e-4, crop = [160, 208], exclude = ['conv1', 'conv_dw*'], onEpoch },
) {
  const teacher = await load();
  const images = [];
  for (const picture of pictures) images.push(await prepared(detector, picture));
  const student = detector.featureModel;
  const trunk = student.layers.filter((layer) => layer.weights.length > 0);
  for (const layer of trunk) layer.trainable = true;
  const optimizer = tf.train.adam(learningRate);
  student.compile({ optimizer, loss: student.outputs.map(() => relativeError) });
  const steps = Math.max(1, Math.floor(images.length / batchSize));
  const batches = tf.data.generator(async function* () {
    while (true) {
      const order = tf.util.createShuffledIndices(images.length);
      for (let i = 0; i < steps; i++) {
        const ofBatch = [...order.subarray(i * batchSize, (i + 1) * batchSize)].map((k) => images[k]);
        yield tf.tidy(() => {
          const xs = tf.stack(ofBatch.map((image) => cropOf(image, crop)));
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

/** The picture as the trunk takes it, in memory as plain numbers. */
async function prepared(detector, picture) {
  const { data, width: columns, height: rows } = await picture.load();
  const tensor = tf.tensor3d(data, [rows, columns, 3], 'int32');
  const { input } = detector.prepare(tensor);
  const image = { values: await input.data(), shape: input.shape.slice(1) };
  tf.dispose([tensor, input]);
  return image;
}

function cropOf({ values, shape: [rows, columns, channels] }, [height, width]) {
  const from = [rows - height, columns - width].map((most) => Math.floor(Math.random() * (most + 1)));
  return tf.tidy(() => tf.slice(tf.tensor(values, [rows, columns, channels]), [...from, 0], [height, width, channels]));
}
