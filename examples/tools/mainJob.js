import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import { loadMnist, toTensors } from '@tfjs-compress/mnist-data';
import { compressed, INQScheduler, SurgeryCallback } from 'tfjs-compress';
import { startBackend } from '../blood-cells/backend.js';
import { writePage } from './page.js';
import { epochLines } from './progress.js';
import { writeReport } from './report.js';
import { stageRow, stageTable } from './stages.js';

/**
 * The main job on MNIST: trains a net, prunes it with SurgeryCallback, quantizes it with
 * INQScheduler, saves it as one small file, loads that again, prints what each stage
 * gained and lost, and writes a report with figures and a page that runs the model.
 *
 * makeModel() is called once the backend runs. plan: { title of the report, inputShape of
 * an image, epochs: { train, prune, quantize }, learningRates of the same three,
 * overrides for SurgeryCallback, steps for INQScheduler }. Files go into `folder`. The
 * environment variable EPOCHS, a number, stands for all three epochs; IMAGES is how
 * many to train and how many to test on at most. Returns the rows of the stage table.
 */
export async function mainJob(makeModel, { title, inputShape, epochs, learningRates, overrides, steps, folder }) {
  const start = Date.now();
  const shorter = positive('EPOCHS');
  if (shorter) epochs = Object.fromEntries(Object.keys(epochs).map((stage) => [stage, shorter]));
  console.log(`Backend: ${await startBackend()}`);
  const { source, ...sets } = loadMnist();
  const [train, test] = [sets.train, sets.test].map((set) => first(positive('IMAGES') ?? set.count, set));
  console.log(`Data: ${source}, ${train.count} images to train, ${test.count} to test`);
  const [trainSet, testSet] = [toTensors(train, inputShape), toTensors(test, inputShape)];
  const model = makeModel();

  const fit = (stage, callbacks) => {
    const optimizer = tf.train.adam(learningRates[stage]);
    model.compile({ optimizer, loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
    const validationData = [testSet.xs, testSet.ys];
    const config = { epochs: epochs[stage], batchSize: 64, validationData, verbose: 0, callbacks };
    return model.fit(trainSet.xs, trainSet.ys, config);
  };
  const stages = [];
  const finish = async (stage, of = model) => {
    mkdirSync(folder, { recursive: true });
    const { sizeBytes } = await of.save(compressed(fileOf(folder, stage)));
    stages.push(stageRow(stage, of, errorOf(of, testSet), sizeBytes));
  };

  const training = await fit('train', epochLines('Training', epochs.train));
  await finish('trained');
  const pruning = await fit('prune', new SurgeryCallback({ overrides }));
  await finish('pruned');
  const quantization = await fit('quantize', new INQScheduler({ steps }));
  await finish('quantized');

  const loaded = await tf.loadLayersModel(compressed(fileOf(folder, 'quantized')));
  await finish('loaded again', loaded);
  const [before, after] = [model, loaded].map((of) => predict(of, testSet));
  const same = after.every((value, i) => value === before[i]);
  console.log(`\n${stageTable(stages)}\n`);
  console.log(
    `Predictions after loading ${join(folder, 'quantized.tfz')}: ${same ? 'the same, all of them' : 'DIFFERENT'}.`,
  );
  const report = await writeReport(model, { title, history: [training, pruning, quantization] }, folder);
  console.log(`Report with figures: ${report}`);
  console.log(`A page to draw digits on, without TensorFlow.js: ${writePage(folder)}`);
  console.log(`Done in ${Math.round((Date.now() - start) / 1000)} s.`);
  if (!same) process.exitCode = 1;
  return stages;
}

/** A whole number of at least 1 from the environment; undefined where it is not set. */
function positive(name) {
  const text = process.env[name];
  if (!text) return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new Error(`${name}: expected a whole number of at least 1, received '${text}'.`);
}

function first(wanted, { count, images, labels }) {
  const n = Math.min(wanted, count);
  return { count: n, images: images.subarray(0, 784 * n), labels: labels.subarray(0, n) };
}

function fileOf(folder, stage) {
  return pathToFileURL(join(folder, `${stage.replace(' ', '-')}.tfz`)).href;
}

function predict(model, { xs }) {
  return tf.tidy(() => model.predict(xs, { batchSize: 250 }).dataSync());
}

/** The fraction of images whose most likely digit is not the right one. */
function errorOf(model, set) {
  const predictions = predict(model, set);
  const labels = tf.tidy(() => tf.argMax(set.ys, 1).dataSync());
  const wrong = labels.filter((label, i) => {
    const scores = predictions.subarray(10 * i, 10 * i + 10);
    return scores.indexOf(Math.max(...scores)) !== label;
  });
  return wrong.length / labels.length;
}
