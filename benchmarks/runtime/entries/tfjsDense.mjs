/**
 * The least of tfjs that can run a dense net: no layers, two kernels of the WASM backend.
 */
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm/dist/base';
import { _fusedMatMulConfig as fusedMatMulConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/_FusedMatMul';
import { reshapeConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/Reshape';
import { softmaxConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/Softmax';
import { registerKernel, setBackend, softmax, tensor, tidy } from '@tensorflow/tfjs-core';
import { matMul } from '@tensorflow/tfjs-core/dist/ops/fused/mat_mul';

for (const config of [fusedMatMulConfig, reshapeConfig, softmaxConfig]) registerKernel(config);

export async function open({ read, base, net, shape }) {
  setWasmPaths(base);
  const [json, bytes] = await Promise.all([read(`${net}.json`), read(`${net}.bin`), setBackend('wasm')]);
  const steps = JSON.parse(new TextDecoder().decode(json));
  const weights = new Float32Array(bytes.slice().buffer);
  const toTensor = (at) => tensor(weights.slice(at.offset, at.offset + at.shape.reduce((a, b) => a * b)), at.shape);
  const layers = steps.slice(1).map(({ kernel, bias, activation }) => {
    return { b: toTensor(kernel), bias: toTensor(bias), isLast: activation === 'softmax', activation };
  });
  const run = (x) =>
    layers.reduce((a, { b, bias, activation, isLast }) => {
      const y = matMul({ a, b, bias, activation: isLast ? 'linear' : activation });
      return isLast ? softmax(y) : y;
    }, x);
  return (x) => tidy(() => run(tensor(x, shape)).dataSync());
}
