import { createRequire } from 'node:module';
import util from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { registerTrainingKernels } from '@tfjs-compress/wasm-training';

/**
 * Starts the fastest backend that is installed: tfjs-node-gpu, tfjs-node, else
 * WebAssembly, which needs neither a native library nor a download.
 * TFJS_BACKEND=wasm|node|node-gpu|cpu asks for one. Returns its name in words.
 */
export async function startBackend(wanted = process.env.TFJS_BACKEND) {
  for (const name of wanted ? [wanted] : ['node-gpu', 'node', 'wasm']) {
    const start = backends[name];
    if (!start)
      throw new Error(`TFJS_BACKEND: expected one of ${Object.keys(backends).join(', ')}, received '${name}'.`);
    const [backend, words] = start();
    if (!backend) {
      if (wanted) throw new Error(`TFJS_BACKEND=${name}: ${words}`);
      continue;
    }
    await tf.setBackend(backend);
    await tf.ready();
    if (backend === 'wasm') registerTrainingKernels();
    return words;
  }
}

const require = createRequire(import.meta.url);

const backends = {
  'node-gpu': () => native('@tensorflow/tfjs-node-gpu'),
  node: () => native('@tensorflow/tfjs-node'),
  wasm: () => {
    require('@tensorflow/tfjs-backend-wasm');
    return ['wasm', 'WebAssembly (install @tensorflow/tfjs-node for a faster one)'];
  },
  cpu: () => ['cpu', 'plain JavaScript (slow)'],
};

function native(name) {
  // Gone from Node 23 on; tfjs-node 4.22 calls it while it loads.
  util.isNullOrUndefined ??= (value) => value === null || value === undefined;
  try {
    require(name);
    return ['tensorflow', `${name} ${require(`${name}/package.json`).version}`];
  } catch (error) {
    return [undefined, error.message.split('\n')[0]];
  }
}
