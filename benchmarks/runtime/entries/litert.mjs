import { loadAndCompile, loadLiteRt, Tensor } from '@litertjs/core';

let loaded;

export async function open({ read, base, net, format, shape }) {
  loaded ??= loadLiteRt(base, { threads: false });
  await loaded;
  const model = await loadAndCompile(await read(`${net}${format}`), {
    accelerator: 'wasm',
    cpuOptions: { numThreads: 1 },
  });
  return async (x) => {
    const input = new Tensor(x, shape);
    const [output] = await model.run(input);
    const values = output.toTypedArray().slice();
    input.delete();
    output.delete();
    return values;
  };
}
