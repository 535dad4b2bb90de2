import { bitmapPixels } from './bitmapPixels.js';
import { type ImageSource, MissingFileError } from './ImageSource.js';

/**
 * What files lie under; its query, such as a signature, is kept behind each path. Or a
 * function that gives each file's own address, for addresses that are signed one by one.
 */
export type Address = string | URL | ((path: string) => string | URL | Promise<string | URL>);

export interface FetchOptions {
  /** How files are requested: headers, credentials, … as in fetch(). */
  requestInit?: RequestInit;
}

/** Files below an address, for the browser, which decodes the images. */
export function webSource(address: Address, requestInit?: RequestInit): ImageSource {
  const addressOf = typeof address === 'function' ? address : (path: string) => below(String(address), path);
  const get = async (path: string) => {
    const url = String(await addressOf(path));
    // Without a query: it may hold a signature, which is nobody's business in an error.
    const name = url.replace(/[?#].*$/s, '');
    const response = await fetch(url, requestInit).catch((error: Error) => {
      throw new Error(`${name}: cannot be fetched (${error.message}).`);
    });
    if (response.status === 404) throw new MissingFileError(name);
    if (!response.ok) throw new Error(`${name}: HTTP ${response.status}.`);
    return { name, response };
  };
  return {
    bytes: async (path) => new Uint8Array(await (await get(path)).response.arrayBuffer()),
    // One request for each image before the first is needed would cost more than it
    // tells.
    size: async () => undefined,
    async decode(paths) {
      let missing: unknown;
      for (const path of paths) {
        try {
          const { name, response } = await get(path);
          const blob = await response.blob();
          return await bitmapPixels(blob).catch((error: Error) => {
            throw new Error(`${name}: cannot be decoded (${error.message}).`);
          });
        } catch (error) {
          if (!(error instanceof MissingFileError)) throw error;
          missing ??= error;
        }
      }
      throw missing;
    },
  };
}

function below(base: string, path: string): string {
  const [, place, query] = /^([^?#]*)(.*)$/s.exec(base) as RegExpExecArray;
  const folder = place === '' || place.endsWith('/') ? place : `${place}/`;
  return folder + path.split('/').map(encodeURIComponent).join('/') + query;
}
