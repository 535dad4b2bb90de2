import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { artifactsOf } from '@tfjs-compress/format/internal';
import { seededValues } from '@tfjs-compress/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pack } from '../../format/src/encode/pack.js';
import { loadModel as loadDense } from './dense.js';
import { loadModel } from './index.js';
import { randomize } from './testing/compare.js';

describe('loadModel', () => {
  let file: Uint8Array<ArrayBuffer>;
  let artifacts: Awaited<ReturnType<typeof artifactsOf>>;
  let expected: Float32Array;
  let url: string;
  let x: Float32Array;
  const server = createServer((request, response) => {
    if (request.url === '/slow') return void response.writeHead(200, { 'content-length': file.length }).write('x');
    response.writeHead(request.url === '/model.tfz' ? 200 : 404, { 'content-length': file.length });
    response.end(file);
  });

  beforeAll(async () => {
    x = seededValues(20, 1);
    const net = sequential({
      layers: [
        layers.dense({ inputShape: [20], units: 30, activation: 'relu' }),
        layers.batchNormalization(),
        layers.dense({ units: 4, activation: 'softmax' }),
      ],
    });
    randomize(net, 1);
    artifacts = await artifactsOf(net);
    file = Uint8Array.from(pack(artifacts));
    expected = (await loadModel(artifacts)).predict(x).slice();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it('takes URLs, bytes, responses, files, handlers and artifacts', async () => {
    const blob = new Blob([file]);
    const sources = [
      ...[`${url}/model.tfz`, new URL(`${url}/model.tfz`), await fetch(`${url}/model.tfz`), new Response(file)],
      ...[file, file.buffer, new DataView(file.buffer), blob, [blob], new File([file], 'model.tfz')],
      ...[artifacts, { load: async () => artifacts }, { load: async () => ({ weightData: file.buffer }) }],
      `data:application/octet-stream;base64,${Buffer.from(file).toString('base64')}`,
    ];
    for (const source of sources) expect((await loadModel(source as never)).predict(x)).toEqual(expected);
    expect((await loadDense(file)).predict(x)).toEqual(expected);
  });

  it('reports progress', async () => {
    const seen: number[] = [];
    await loadModel(`${url}/model.tfz`, { onProgress: (fraction) => seen.push(fraction) });
    expect(seen.length).toBeGreaterThan(1);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(1);
  });

  it('can be aborted', async () => {
    const reason = new Error('enough');
    await expect(loadModel(file, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const loading = loadModel(`${url}/slow`, { signal: controller.signal });
    setTimeout(() => controller.abort(reason), 50);
    await expect(loading).rejects.toBe(reason);
    const later = new AbortController();
    const reading = loadModel(await fetch(`${url}/slow`), { signal: later.signal });
    setTimeout(() => later.abort(reason), 50);
    await expect(reading).rejects.toBe(reason);
  });

  it('names the file in its errors', async () => {
    await expect(loadModel(`${url}/none`)).rejects.toThrow(`${url}/none: the request failed with status 404.`);
    await expect(loadModel('http://127.0.0.1:1/a.tfz')).rejects.toThrow(
      'http://127.0.0.1:1/a.tfz: cannot be fetched: ',
    );
    await expect(loadModel(new Uint8Array(9), { name: 'broken' })).rejects.toThrow(/^broken: /);
    await expect(loadModel(new File([new Uint8Array(9)], 'a.tfz'))).rejects.toThrow(/^a.tfz: /);
    for (const source of [undefined, null, 3, {}, [], [new Blob(), new Blob()]]) {
      await expect(loadModel(source as never)).rejects.toThrow(/^source: expected a URL/);
    }
  });

  it('checks its options', async () => {
    await expect(loadModel(file, { maxbytes: 1 } as never)).rejects.toThrow(/maxBytes, name, received 'maxbytes'/);
    await expect(loadModel(file, { maxBytes: 0.5 })).rejects.toThrow(/maxBytes: expected an integer > 0, received 0.5/);
    await expect(loadModel(file, { maxBytes: 100 })).rejects.toThrow(/maxBytes \(100\)/);
  });

  it('refuses a layer that the entry cannot run, and names it', async () => {
    const net = sequential({ layers: [layers.maxPooling1d({ inputShape: [20, 2], name: 'pool' })] });
    await expect(loadDense(await artifactsOf(net))).rejects.toThrow(
      "layer 'pool' (MaxPooling1D): layers of this class",
    );
  });
});
