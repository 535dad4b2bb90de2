import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threaded from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import { registerTrainingKernels } from '@tfjs-compress/wasm-training';
import { INQScheduler } from 'tfjs-compress';
import { checkQuantized, data, smallModel } from '../train/model.mjs';

// The backend's own files; this package's kernels need none.
setWasmPaths({
  'tfjs-backend-wasm.wasm': plain,
  'tfjs-backend-wasm-simd.wasm': simd,
  'tfjs-backend-wasm-threaded-simd.wasm': threaded,
});
registerTrainingKernels();

/**
 * Trains on a backend ('webgl', 'wasm' or 'cpu') and counts the timers that fire
 * meanwhile: a page that hangs has none.
 */
window.train = async (backend) => {
  const hasStarted = await tf.setBackend(backend);
  const model = smallModel(tf);
  const { xs, ys } = data(tf);
  let timers = 0;
  const timer = setInterval(() => timers++, 10);
  const { history } = await model.fit(xs, ys, {
    epochs: 8,
    verbose: 0,
    // By default a fit gives way every 125 ms, which this one may not last.
    yieldEvery: 'epoch',
    callbacks: [new INQScheduler({ steps: [0.5, 0.75, 0.875, 1] })],
  });
  clearInterval(timer);
  return { ...checkQuantized(model), loss: history.loss, backend: hasStarted && tf.getBackend(), timers };
};
