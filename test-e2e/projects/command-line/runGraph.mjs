import * as tf from '@tensorflow/tfjs';
import { compressed } from 'tfjs-compress';

/** Prints what the compressed graph model predicts. */
const model = await tf.loadGraphModel(compressed(`file://${process.argv[2]}`));
console.log(JSON.stringify([...model.predict(tf.tensor([[1, 2]])).dataSync()]));
