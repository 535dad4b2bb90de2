import { loadModel } from '@tfjs-compress/runtime';

export async function open({ read, net }) {
  const model = await loadModel(await read(`${net}.tfz`));
  return (x) => model.predict(x);
}
