import * as tf from '@tensorflow/tfjs-core';
import type { PictureSource } from './PictureSource.js';

/** Files below a URL, for the browser, which decodes the pictures. */
export function webSource(url: string): PictureSource {
  const base = url.endsWith('/') ? url : `${url}/`;
  const get = async (path: string) => {
    const address = base + path.split('/').map(encodeURIComponent).join('/');
    const response = await fetch(address).catch((error: Error) => {
      throw new Error(`${address}: cannot be fetched (${error.message}).`);
    });
    if (!response.ok) throw new Error(`${address}: ${response.status === 404 ? 'missing' : `HTTP ${response.status}`}.`);
    return { address, response };
  };
  return {
    text: async (path) => (await get(path)).response.text(),
    // One request for each picture before the first is needed would cost more than it tells.
    check: async () => undefined,
    async decode(path) {
      const { address, response } = await get(path);
      const bitmap = await createImageBitmap(await response.blob(), { imageOrientation: 'none' }).catch((error: Error) => {
        throw new Error(`${address}: cannot be decoded (${error.message}).`);
      });
      const tensor = tf.browser.fromPixels(bitmap);
      const data = Uint8Array.from(await tensor.data());
      const { width, height } = bitmap;
      tensor.dispose();
      bitmap.close();
      return { data, width, height };
    },
  };
}
