import * as tf from '@tensorflow/tfjs';
import { stageTimes } from '../stageTimes.mjs';

window.stageTimes = async (backend, kind, rounds) => {
  await tf.setBackend(backend);
  return stageTimes(kind, () => tf.loadLayersModel('trunk/model.json'), rounds);
};
