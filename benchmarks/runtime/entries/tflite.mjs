import '@tensorflow/tfjs-backend-cpu';
import { setBackend, tensor } from '@tensorflow/tfjs-core';
import { loadTFLiteModel, setWasmPath } from '@tensorflow/tfjs-tflite';

export async function open({ read, base, net, format, shape }) {
  setWasmPath(base);
  await setBackend('cpu');
  const bytes = await read(`${net}${format}`);
  const model = await loadTFLiteModel(bytes.slice().buffer, { numThreads: 1 });
  return (x) => {
    const input = tensor(x, shape);
    const output = model.predict(input);
    const values = output.dataSync();
    input.dispose();
    output.dispose();
    return values;
  };
}
