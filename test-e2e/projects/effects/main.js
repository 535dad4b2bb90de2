/**
 * node main.js MODULE: imports it and prints what that changed in tfjs: classes and
 * kernels that are registered, methods that are replaced.
 */
import * as core from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-wasm';

function state() {
  const found = new Map();
  for (const name of Object.keys(core.serialization.SerializationMap.getMap().classNameMap)) found.set(`class ${name}`);
  for (const { kernelName, kernelFunc } of core.getKernelsForBackend('wasm'))
    found.set(`kernel ${kernelName}`, kernelFunc);
  const objects = Object.entries({ ...core, ...layers }).flatMap(([name, value]) => [
    [name, value],
    [`${name}.prototype`, value?.prototype],
  ]);
  for (const [name, object] of objects) {
    if (object === null || !['object', 'function'].includes(typeof object)) continue;
    for (const [key, { value }] of Object.entries(Object.getOwnPropertyDescriptors(object)))
      if (typeof value === 'function') found.set(`${name}.${key}`, value);
  }
  return found;
}

const before = state();
await import(process.argv[2]);
const after = state();
const changed = [...after].filter(([key, value]) => !before.has(key) || before.get(key) !== value).map(([key]) => key);
console.log(JSON.stringify(changed.sort()));
