/**
 * The losses of training steps: `node losses.mjs COLUMN NET BATCH STEPS LEARNING_RATE
 * [FACTOR]`. Prints JSON.
 */
import { start } from './backends.mjs';
import { buildNet, makeBatch } from './nets.mjs';

const [column, name, batch, steps, learningRate, factor] = process.argv.slice(2);
const tf = await start(column);
const model = buildNet(tf, name, Number(learningRate));
const batches = [1, 2, 3, 4, 5].map((seed) => makeBatch(tf, name, Number(batch), seed));
if (factor) for (const pair of batches) pair[0] = tf.mul(pair[0], Number(factor));
const losses = [];
for (let i = 0; i < Number(steps); i++) losses.push(await model.trainOnBatch(...batches[i % batches.length]));
console.log(JSON.stringify(losses));
