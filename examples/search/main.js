/** Makes the net of search.mjs small and writes everything into output/: `npm start`. */
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { compress } from 'tfjs-compress';
import { evaluate, model, options, rightAnswers, test, train } from './search.mjs';

process.prependListener('uncaughtException', ({ message }) => {
  console.error(message);
  process.exit(1);
});
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: String(options.minutes) },
    maxLoss: { type: 'string', default: String(options.maxLoss) },
    trials: { type: 'string' },
    epochs: { type: 'string' },
    output: { type: 'string', default: fileURLToPath(new URL('output/search', import.meta.url)) },
  },
});
const { trials, epochs, output } = values;
const given = {
  minutes: Number(values.minutes),
  maxLoss: Number(values.maxLoss),
  ...(trials && { trials: Number(trials) }),
  ...(epochs && { epochs: Number(epochs) }),
};

const net = await model();
const found = await compress(net, { train, evaluate, ...options, ...given, output });

// Only now, and only once: they chose nothing.
const row = (name, each, bytes) => {
  const right = rightAnswers(each, test);
  const error = `${(100 * (1 - right.reduce((sum, one) => sum + one, 0) / right.length)).toFixed(2)}%`;
  console.log(`${name.padEnd(10)}  test error ${error.padStart(6)}  ${bytes.toLocaleString('en-US').padStart(9)} B`);
};
row('before', net, 4 * net.countParams());
row('compressed', found.model, found.sizeBytes);
const { length } = found.trials;
console.log(`${length} trial${length === 1 ? '' : 's'}; written: best.tfz and report.html in ${relative('', output)}`);
tf.disposeVariables();
