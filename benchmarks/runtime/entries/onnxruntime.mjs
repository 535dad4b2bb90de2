import { env, InferenceSession, Tensor } from 'onnxruntime-web/wasm';

export async function open({ read, base, net, format, shape }) {
  env.wasm.numThreads = 1;
  env.wasm.wasmPaths = base;
  const session = await InferenceSession.create(await read(`${net}${format}`));
  const [name] = session.outputNames;
  return async (x) => {
    const { [name]: y } = await session.run({ x: new Tensor('float32', x, shape) });
    return y.data;
  };
}
