import { predict } from './predict.js';

self.onmessage = async ({ data }) => self.postMessage(await predict(new URL(data, self.location.origin)));
