/**
 * The detector, in a worker so that the page never waits: answers { id, task, … } with
 * { id, … } or { id, error }.
 */
import { loadDetector } from '@tfjs-compress/runtime/detection';

let detector;

const tasks = {
  async load({ source }) {
    const loaded = await loadDetector(source);
    detector?.dispose();
    detector = loaded;
    const { classes, detectDefaults } = detector;
    return { classes, defaults: detectDefaults };
  },

  /** Those of low scores, too: the page shows those above its own. */
  detect({ pixels, options }) {
    return { detections: detector.detect(pixels, { ...options, maxDetections: 500 }) };
  },

  /** Milliseconds, of an image of a size that was detected in before. */
  measure({ pixels, options }) {
    const start = performance.now();
    detector.propose(pixels, options.proposals);
    const proposed = performance.now();
    detector.detect(pixels, options);
    const first = proposed - start;
    const all = performance.now() - proposed;
    return { times: { 'trunk to proposals': first, 'their classes and boxes': all - first, together: all } };
  },
};

self.onmessage = async ({ data: { id, task, ...given } }) => {
  try {
    self.postMessage({ id, ...(await tasks[task](given)) });
  } catch (error) {
    self.postMessage({ id, error: error.message });
  }
};
