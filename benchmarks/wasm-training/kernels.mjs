/**
 * What each kernel takes of a training step with this package: `node kernels.mjs NET
 * SECONDS`. Prints JSON.
 *
 * A kernel's time is the sum over its calls in a step, of each the fastest of all steps.
 * Its share of the machine's limit is the time that its multiplications and additions, or
 * its bytes read and written, would take at the limits measured here, whichever is
 * longer.
 */
import { start } from './backends.mjs';
import { measureLimits } from './limits.mjs';
import { buildNet, makeBatch, nets } from './nets.mjs';

const tf = await start('wasm-training');
const [name, seconds] = process.argv.slice(2);
const limits = await measureLimits();
const model = buildNet(tf, name);
const [x, y] = makeBatch(tf, name, nets[name].batch);
await model.trainOnBatch(x, y);

let calls = [];
instrument();
const fastest = [];
const begin = performance.now();
for (let step = 0; step < 3 || performance.now() - begin < 1000 * seconds; step++) {
  calls = [];
  await model.trainOnBatch(x, y);
  calls.forEach((call, i) => {
    if (!fastest[i] || call.ms < fastest[i].ms) fastest[i] = call;
  });
}
console.log(JSON.stringify({ limits, rows: summarize(fastest) }));

/**
 * Notes the time, the operations and the bytes of every call of a kernel by tfjs, not of
 * those by other kernels.
 */
function instrument() {
  let depth = 0;
  for (const config of tf.getKernelsForBackend('wasm')) {
    const { kernelFunc, kernelName } = config;
    config.kernelFunc = (args) => {
      depth += 1;
      const start = performance.now();
      const out = kernelFunc(args);
      const ms = performance.now() - start;
      depth -= 1;
      if (depth === 0) calls.push({ kernel: kernelName, ms, ...cost(kernelName, args, [out].flat()) });
      return out;
    };
  }
}

function cost(kernel, { inputs, attrs }, outputs) {
  const shares = ['Identity', 'Reshape', 'ExpandDims', 'Cast'].includes(kernel);
  const tensors = shares ? [] : [...Object.values(inputs).flat(), ...outputs].filter(Boolean);
  const bytes = tensors.reduce((sum, { shape }) => sum + 4 * size(shape), 0);
  return { bytes, flops: 2 * products(kernel, inputs, attrs, outputs[0].shape) };
}

/**
 * Multiplications, each with an addition, of the kernels that compute sums of products.
 */
function products(kernel, inputs, attrs, shape) {
  const filter = (inputs.filter?.shape ?? attrs?.filterShape ?? []).slice(0, 3);
  switch (kernel) {
    case 'Conv2D':
    case 'FusedConv2D':
      return size(shape) * size(filter);
    case 'Conv2DBackpropInput':
    case 'Conv2DBackpropFilter':
      return size(inputs.dy.shape) * size(filter);
    case 'DepthwiseConv2dNative':
      return size(shape) * size(filter.slice(0, 2));
    case 'DepthwiseConv2dNativeBackpropInput':
    case 'DepthwiseConv2dNativeBackpropFilter':
      return size(inputs.dy.shape) * size(filter.slice(0, 2));
    case 'BatchMatMul':
    case '_FusedMatMul':
      return size(shape) * inputs.a.shape.at(attrs.transposeA ? -2 : -1);
    default:
      return 0;
  }
}

function summarize(all) {
  const rows = new Map();
  for (const { kernel, ms, flops, bytes } of all) {
    const row = rows.get(kernel) ?? { kernel, ms: 0, calls: 0, flops: 0, bytes: 0 };
    rows.set(kernel, row);
    row.ms += ms;
    row.calls += 1;
    row.flops += flops;
    row.bytes += bytes;
  }
  return [...rows.values()]
    .map((row) => {
      const [arithmetic, memory] = [row.flops / limits.gflops / 1e6, row.bytes / limits.gigabytes / 1e6];
      const bound = arithmetic > memory ? 'arithmetic' : 'memory';
      return { ...row, share: Math.max(arithmetic, memory) / row.ms, bound };
    })
    .sort((a, b) => b.ms - a.ms);
}

function size(shape) {
  return shape.reduce((a, b) => a * b, 1);
}
