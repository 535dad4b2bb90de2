/** The model in a worker: it gets { id, pixels } and answers { id, probabilities }. */
import { loadModel } from '@tfjs-compress/runtime';
import url from './model.tfz?url';

/** Messages wait here until the model is loaded: none is lost. */
const loading = loadModel(url);

loading.then(
  () => self.postMessage({ ready: true }),
  (error) => self.postMessage({ error: error.message }),
);

self.onmessage = async ({ data: { id, pixels } }) => {
  const model = await loading;
  // The result belongs to the model, which writes the next one into it: postMessage
  // copies it.
  self.postMessage({ id, probabilities: model.predict(pixels) });
};
