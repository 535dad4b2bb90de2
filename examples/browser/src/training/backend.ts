import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threaded from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import { ready, setBackend } from '@tensorflow/tfjs-core';
import { registerTrainingKernels } from '@tfjs-compress/wasm-training';
import type { BackendName } from '../messages.js';

/**
 * Starts the backend that was asked for, or WebAssembly where the browser cannot; returns
 * which one it is.
 */
export async function startBackend(wanted: BackendName): Promise<BackendName> {
  if (wanted !== 'wasm' && (await tryBackend(wanted))) return wanted;
  setWasmPaths({
    'tfjs-backend-wasm.wasm': plain,
    'tfjs-backend-wasm-simd.wasm': simd,
    'tfjs-backend-wasm-threaded-simd.wasm': threaded,
  });
  registerTrainingKernels();
  if (!(await setBackend('wasm'))) throw new Error('This browser cannot run WebAssembly, which the training needs.');
  await ready();
  return 'wasm';
}

async function tryBackend(name: 'webgl' | 'webgpu'): Promise<boolean> {
  try {
    if (name === 'webgl') await import('@tensorflow/tfjs-backend-webgl');
    else await import('@tensorflow/tfjs-backend-webgpu');
    return await setBackend(name);
  } catch {
    // No adapter, no context, or a driver that is refused: all the same to who waits for
    // a result.
    return false;
  }
}
