import { loadModel } from '@tfjs-compress/runtime';

export async function open({ read, urlOf, net }) {
  const file = `${net}.tfz`;
  const model = await loadModel(urlOf ? urlOf(file) : await read(file));
  return (x) => model.predict(x);
}
