/**
 * What the net thinks of a sentence, without TensorFlow.js:
 * npm run ask -- "The food was cold."
 */
import { existsSync, readFileSync } from 'node:fs';
import { loadModel } from '@tfjs-compress/runtime';
import { encode } from './reviews.js';

const [text] = process.argv.slice(2);
if (!text || !existsSync('output/model.tfz')) {
  console.error(text ? 'There is no output/model.tfz: run npm start first.' : 'Usage: npm run ask -- "a sentence"');
  process.exit(1);
}
const { length, vocabulary } = JSON.parse(readFileSync('output/words.json', 'utf8'));
const model = await loadModel(readFileSync('output/model.tfz'));
const [good] = model.predict(Float32Array.from(encode(text, vocabulary, length)));
console.log(`${good > 0.5 ? 'good' : 'bad'} (${(100 * Math.max(good, 1 - good)).toFixed(0)}% sure)`);
