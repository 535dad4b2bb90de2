import { readFile } from 'node:fs/promises';
import { predict } from './predict.js';

console.log(JSON.stringify(await predict(await readFile(new URL('./model.tfz', import.meta.url)))));
