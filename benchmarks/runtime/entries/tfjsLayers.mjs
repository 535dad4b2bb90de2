import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { setBackend, tensor } from '@tensorflow/tfjs-core';
import { loadLayersModel } from '@tensorflow/tfjs-layers';

export async function open({ read, base, net, shape }) {
  setWasmPaths(base);
  await setBackend('wasm');
  const { weightBytes, ...artifacts } = JSON.parse(new TextDecoder().decode(await read(`${net}.model.json`)));
  const weightData = (await read(`${net}.model.bin`)).slice(0, weightBytes).buffer;
  const model = await loadLayersModel({ load: async () => ({ ...artifacts, weightData }) });
  return (x) => {
    const input = tensor(x, shape);
    const output = model.predict(input);
    const values = output.dataSync();
    input.dispose();
    output.dispose();
    return values;
  };
}
