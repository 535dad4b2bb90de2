import type { AddressInfo } from 'node:net';
import { build, type PreviewServer, preview } from 'vite';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { findBrowser, launchBrowser } from './support/browser.js';
import { place } from './support/consumers.js';
import { findFirefox, openFirefox } from './support/firefox.js';
import { isLevel } from './support/trainings.js';

interface Trained {
  initialEpoch: number;
  backend: string;
  weights: { name: string; bits: number[] }[];
}

/** projects/worker/main.js */
interface Result {
  error?: string;
  /** What was terminated has nothing to tell. */
  ended: (Trained | null)[];
  resumed: Trained;
  inOneGo: Trained;
}

const browsers = {
  Chromium: { path: findBrowser(), variable: 'CHROMIUM', open: openChromium },
  Firefox: {
    path: findFirefox(),
    variable: 'FIREFOX',
    open: async (path: string, url: string) => openFirefox(path, url),
  },
};

async function openChromium(path: string, url: string) {
  const browser = await launchBrowser(path);
  await (await browser.newPage()).goto(url);
  return () => browser.close();
}

describe('a Web Worker that trains on WebAssembly, is terminated twice and resumed from IndexedDB', () => {
  let server: PreviewServer;
  let received: (result: Result) => void;

  beforeAll(async () => {
    const { esm } = inject('consumers');
    place('train', esm);
    const root = place('worker', esm);
    await build({ root, logLevel: 'error' });
    const results = {
      name: 'results',
      configurePreviewServer({ middlewares }: PreviewServer) {
        middlewares.use('/result', async (request, response) => {
          const body = [];
          for await (const chunk of request) body.push(chunk);
          response.end();
          received(JSON.parse(Buffer.concat(body).toString()));
        });
      },
    };
    server = await preview({ root, logLevel: 'error', plugins: [results], preview: { host: '127.0.0.1', port: 0 } });
  });

  afterAll(async () => {
    await server?.close();
  });

  describe.each(Object.entries(browsers))('%s', (name, { path, variable, open }) => {
    if (!path) console.log(`Skipped: no ${name} found; the environment variable ${variable} can name one.`);

    it.skipIf(!path)('ends with the weights of a run in one go, bit for bit', async () => {
      const result = new Promise<Result>((resolve) => {
        received = resolve;
      });
      const { port } = server.httpServer.address() as AddressInfo;
      const close = await open(path!, `http://127.0.0.1:${port}/`);
      try {
        const { error, ended, resumed, inOneGo } = await result;
        expect(error).toBeUndefined();
        expect(ended).toEqual([null, null]);
        expect([resumed.backend, inOneGo.backend]).toEqual(['wasm', 'wasm']);
        // Firefox drops a save whose transaction has not been committed when the worker
        // is terminated; tfjs does not wait for that.
        expect([6, 7]).toContain(resumed.initialEpoch);
        expect(inOneGo.initialEpoch).toBe(0);
        expect(resumed.weights).toEqual(inOneGo.weights);
        expectCompressed(inOneGo);
      } finally {
        await close();
      }
    });
  });
});

/** Half of each kernel is 0, the rest ±2^k. */
function expectCompressed({ weights }: Trained) {
  const kernels = weights.filter(({ name }) => name.endsWith('kernel'));
  expect(kernels.length).toBe(3);
  for (const { bits } of kernels) {
    const values = [...new Float32Array(Uint32Array.from(bits).buffer)];
    const zeros = values.filter((value) => value === 0).length;
    const levels = values.filter((value) => value !== 0 && isLevel(value)).length;
    expect(zeros / values.length).toBeGreaterThanOrEqual(0.5);
    expect(zeros + levels).toBe(values.length);
    expect(levels).toBeGreaterThan(0);
  }
}
