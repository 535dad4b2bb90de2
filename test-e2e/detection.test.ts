import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser, Page, Route } from 'playwright-core';
import sharp from 'sharp';
import { build, type PreviewServer, preview } from 'vite';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { findBrowser, launchBrowser } from './support/browser.js';
import { place } from './support/consumers.js';
import { findFirefox, openFirefox } from './support/firefox.js';

interface Box {
  box: number[];
  score: number;
  class?: string;
}

declare global {
  interface Window {
    /** projects/detection/main.js */
    detect(
      backend: string,
      kind: string,
      variant: string,
    ): Promise<{ backend: string; found: Box[]; proposals: Box[]; leaked: number }>;
    detectInWorker(
      backend: string,
      kinds: string[],
    ): Promise<{ id: string; backend?: string; found?: Box[]; message?: string }[]>;
    trainDetector(backend: string): Promise<{ backend: string; classes: string[]; loss: number[] }>;
    failure(split: string): Promise<string>;
    syncReads: string[];
    refusals(): Promise<Record<string, string>>;
    orientationOf(name: string): Promise<{ width: number; height: number; white: string }>;
    contrast(color: string): { frame: number; inks: number }[];
    readTexts(): Promise<Record<'yolo' | 'csv', object[]>>;
    readCoco(file: string): Promise<{ message?: string; classes?: string[]; images?: object[] }>;
  }
}

const executable = findBrowser();
if (!executable) console.log('Skipped: no Chromium or Chrome found; the environment variable CHROMIUM can name one.');

const firefox = findFirefox();
if (!firefox) console.log('Skipped in Firefox: none found; the environment variable FIREFOX can name one.');

const annotation = `<annotation><size><width>48</width><height>32</height></size><object><name>square</name><bndbox>
<xmin>10</xmin><ymin>8</ymin><xmax>22</xmax><ymax>20</ymax></bndbox></object></annotation>`;

const instances = {
  images: [{ id: 7, file_name: 'a.jpg', width: 48, height: 32 }],
  annotations: [{ id: 1, image_id: 7, category_id: 3, bbox: [9, 7, 13, 13], area: 144, iscrowd: 0 }],
  categories: [{ id: 3, name: 'square' }],
};

describe.skipIf(!executable)('the detector on a page', () => {
  let browser: Browser;
  let page: Page;
  let root: string;
  let image: Buffer;
  /** 24 × 16 pixels with a white left top, by EXIF orientation. */
  let turned: Buffer[];
  const errors: string[] = [];

  /**
   * The built page and a VOC folder under a made-up address, a secure one for WebGPU: no
   * server, no port.
   */
  const answer = (route: Route, root: string) => {
    const path = new URL(route.request().url()).pathname;
    if (path === '/voc/ImageSets/Main/train.txt') return route.fulfill({ body: 'a\n' });
    if (path === '/voc/ImageSets/Main/broken.txt') return route.fulfill({ body: 'broken\n' });
    if (/Annotations.turned\d/.test(path)) return route.fulfill({ body: annotation.replace(/<size>.*<.size>/s, '') });
    if (/JPEGImages.turned\d/.test(path)) return route.fulfill({ body: turned[Number(/\d/.exec(path)![0]) - 1] });
    if (path.startsWith('/voc/Annotations/')) return route.fulfill({ body: annotation });
    if (path === '/voc/JPEGImages/a.jpg') return route.fulfill({ body: image, contentType: 'image/png' });
    if (path === '/voc/JPEGImages/broken.jpg') return route.fulfill({ body: 'not an image' });
    if (path === '/voc/ImageSets/Main/wrong.txt') return route.fulfill({ body: 'wrong\n' });
    if (path === '/voc/JPEGImages/wrong.jpg') return route.fulfill({ body: turned[0] });
    if (path === '/yolo/labels/a.txt') return route.fulfill({ body: '1 0.5 0.5 0.25 0.5\n' });
    if (/^.yolo.images.[ab].jpg$/.test(path)) return route.fulfill({ body: image });
    if (path === '/yolo/table.csv') return route.fulfill({ body: 'a.jpg,10,8,22,20,square\n' });
    if (path === '/coco/instances.json') return route.fulfill({ json: instances });
    if (path === '/coco/broken.json') return route.fulfill({ json: { ...instances, categories: [] } });
    if (/^\/(voc|coco|yolo)\//.test(path)) return route.fulfill({ status: 404 });
    return route.fulfill({ path: join(root, 'dist', path.replace(/\/$/, '/index.html')) });
  };

  beforeAll(async () => {
    root = place('detection', inject('consumers').esm);
    await build({ root, logLevel: 'error' });
    browser = await launchBrowser(executable!);
    page = await browser.newPage();
    page.on('pageerror', (error) => errors.push(error.message));
    await page.route('https://page.test/**', (route) => answer(route, root));
    await page.goto('https://page.test/');
    await page.waitForFunction(() => 'detect' in window);
    const url = await page.evaluate(() => {
      const canvas = Object.assign(document.createElement('canvas'), { width: 48, height: 32 });
      canvas.getContext('2d')?.fillRect(10, 8, 12, 12);
      return canvas.toDataURL();
    });
    image = Buffer.from(url.split(',')[1], 'base64');
  });

  beforeAll(async () => {
    const data = new Uint8Array(24 * 16 * 3);
    for (let y = 0; y < 8; y++) data.fill(255, y * 24 * 3, (y * 24 + 8) * 3);
    const raw = { width: 24, height: 16, channels: 3 } as const;
    const stored = (orientation: number) => sharp(data, { raw }).withMetadata({ orientation }).jpeg().toBuffer();
    turned = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(stored));
  });

  afterAll(async () => {
    await browser?.close();
  });

  const detect = (backend: string, kind: string, variant = 'full') =>
    page.evaluate((given) => window.detect(...given), [backend, kind, variant] as const);

  /** The same boxes in the same order. */
  function expectAlike(received: Box[], expected: Box[], pixels: number) {
    expect(received.map((each) => each.class)).toEqual(expected.map((each) => each.class));
    received.forEach(({ box, score }, i) => {
      expect(Math.abs(score - expected[i].score)).toBeLessThan(0.02);
      for (let k = 0; k < 4; k++) expect(Math.abs(box[k] - expected[i].box[k])).toBeLessThan(pixels);
    });
  }

  it.each(['full', 'fast'])('%s: finds the same on WebGL as on cpu, and leaves no tensor', async (variant) => {
    const cpu = await detect('cpu', 'tensor', variant);
    const webgl = await detect('webgl', 'tensor', variant);
    expect([cpu.backend, webgl.backend, cpu.leaked, webgl.leaked]).toEqual(['cpu', 'webgl', 0, 0]);
    expect(cpu.found.length).toBe(5);
    expectAlike(webgl.found, cpu.found, 0.05);
    expectAlike(webgl.proposals, cpu.proposals, 0.05);
  });

  it.each(['full', 'fast'])('%s: finds the same on WebGPU as on cpu, without a synchronous read', async (variant) => {
    const cpu = await detect('cpu', 'tensor', variant);
    const webgpu = await detect('webgpu', 'tensor', variant);
    expect([webgpu.backend, webgpu.leaked]).toEqual(['webgpu', 0]);
    expectAlike(webgpu.found, cpu.found, 0.05);
    expectAlike(webgpu.proposals, cpu.proposals, 0.05);
    expect(await page.evaluate(() => window.syncReads)).toEqual([]);
  });

  it('refuses on WebGPU what has to read at once what was computed there', async () => {
    const message = (what: string) =>
      `${what} cannot run on WebGPU, which has no synchronous reads: use WebGL, WASM or tfjs-node for it.`;
    const training = message('Training a detector');
    const align = message('RoIAlign with boxes that were computed');
    expect(await page.evaluate(() => window.refusals())).toEqual({
      candidates: training,
      proposals: training,
      samples: training,
      align,
      alignWithoutGradient: align,
      alignOfNumbers: 'none',
      maxPool: message('RoI max pooling'),
      training,
    });
  });

  /** Of images with EXIF orientation 1 to 8. */
  const upright = Array.from({ length: 8 }, (_, i) => ({
    ...(i < 4 ? { width: 24, height: 16 } : { width: 16, height: 24 }),
    white: ['left top', 'right top', 'right bottom', 'left bottom'][i % 4],
  }));

  it('turns images as their EXIF data say', async () => {
    for (const [i, expected] of upright.entries()) {
      expect(await page.evaluate((name) => window.orientationOf(name), `turned${i + 1}`)).toEqual(expected);
    }
  });

  it.skipIf(!firefox)('turns them in Firefox, too', async () => {
    let received: (found: object[]) => void;
    const result = new Promise<object[]>((resolve) => {
      received = resolve;
    });
    const configurePreviewServer = ({ middlewares }: PreviewServer) => {
      middlewares.use('/result', async (request, response) => {
        const body = [];
        for await (const chunk of request) body.push(chunk);
        response.end();
        received(JSON.parse(Buffer.concat(body).toString()));
      });
      middlewares.use('/voc', ({ url = '' }, response) => {
        const number = Number(/turned(\d)/.exec(url)?.[1]);
        response.end(url.includes('JPEGImages') ? turned[number - 1] : annotation.replace(/<size>.*<.size>/s, ''));
      });
    };
    const plugins = [{ name: 'results', configurePreviewServer }];
    const server = await preview({ root, logLevel: 'error', plugins, preview: { host: '127.0.0.1', port: 0 } });
    const { port } = server.httpServer.address() as AddressInfo;
    const close = openFirefox(firefox!, `http://127.0.0.1:${port}/#orientation`);
    try {
      expect(await result).toEqual(upright);
    } finally {
      await close();
      await server.close();
    }
  });

  it('draws detections that can be seen on light and dark', async () => {
    for (const color of ['#000000', '#ffffff', '#808080']) {
      for (const { frame, inks } of await page.evaluate((ground) => window.contrast(ground), color)) {
        expect(frame).toBeGreaterThan(150);
        expect(inks).toBeGreaterThan(3);
      }
    }
  });

  it('takes bitmaps, files, their addresses, ImageData, video frames, and images at their own size', async () => {
    const { found } = await detect('cpu', 'tensor');
    for (const kind of ['bitmap', 'blob', 'url', 'address', 'imageData', 'frame', 'resized']) {
      const received = await detect('cpu', kind);
      // A video frame's colours may pass through another format.
      if (kind === 'frame') expect(Math.abs(received.found[0].score - found[0].score)).toBeLessThan(0.05);
      else expectAlike(received.found, found, 0.01);
    }
  });

  it('takes canvases, images and videos', async () => {
    const { found } = await detect('cpu', 'tensor');
    expectAlike((await detect('cpu', 'canvas')).found, found, 0.01);
    expectAlike((await detect('cpu', 'image')).found, found, 0.01);
    // A video's colours pass through its codec.
    const video = await detect('cpu', 'video');
    expect(video.found.length).toBe(5);
    expect(Math.abs(video.found[0].score - found[0].score)).toBeLessThan(0.05);
  });

  it.each(['cpu', 'webgl'])('finds the same in a worker, on %s, in what can be sent there', async (backend) => {
    const { found } = await detect('cpu', 'tensor', 'fast');
    const kinds = ['bitmap', 'blob', 'imageData', 'frame', 'number'];
    const answers = await page.evaluate((given) => window.detectInWorker(...given), [backend, kinds] as const);
    expect(answers.map(({ id }) => id)).toEqual(kinds);
    for (const answer of answers.slice(0, 3)) {
      expect(answer).toMatchObject({ backend });
      expectAlike(answer.found!, found, 0.05);
    }
    expect(Math.abs(answers[3].found![0].score - found[0].score)).toBeLessThan(0.05);
    expect(answers[4].message).toMatch(/^image: expected a tensor of shape \[height, width, 3\]/);
  });

  it('trains on fetched images with the same losses on WebGL as on cpu', async () => {
    const cpu = await page.evaluate(() => window.trainDetector('cpu'));
    const webgl = await page.evaluate(() => window.trainDetector('webgl'));
    expect([cpu.backend, webgl.backend]).toEqual(['cpu', 'webgl']);
    expect(cpu.classes).toEqual(['bar', 'square']);
    cpu.loss.forEach((value, i) => {
      expect(Math.abs(webgl.loss[i] / value - 1)).toBeLessThan(0.01);
    });
    expect(errors).toEqual([]);
  });

  it('reads a COCO file and its images', async () => {
    const object = { box: [9, 7, 22, 20], class: 'square', area: 144, crowd: false };
    const image = { id: 7, name: 'a.jpg', width: 48, height: 32, objects: [object], values: 3 };
    const read = (file: string) => page.evaluate((name) => window.readCoco(name), file);
    expect(await read('instances.json')).toEqual({ classes: ['square'], images: [image] });
    expect((await read('none.json')).message).toBe('https://page.test/coco/none.json: missing.');
    expect((await read('broken.json')).message).toMatch(
      /broken\.json: annotations\[0\] has category 3, which has no name/,
    );
  });

  it('reads YOLO labels and a table with their images', async () => {
    const size = { width: 48, height: 32 };
    expect(await page.evaluate(() => window.readTexts())).toEqual({
      yolo: [
        { ...size, name: 'a.jpg', objects: [{ box: [18, 8, 30, 24], class: 'square' }] },
        { ...size, name: 'b.jpg', objects: [] },
      ],
      csv: [{ ...size, name: 'a.jpg', objects: [{ box: [10, 8, 22, 20], class: 'square' }] }],
    });
  });

  it('names files that are missing, not images, or of another size', async () => {
    expect(await page.evaluate(() => window.failure('none'))).toBe(
      'https://page.test/voc/ImageSets/Main/none.txt: missing.',
    );
    expect(await page.evaluate(() => window.failure('broken'))).toMatch(/broken\.jpg: cannot be decoded/);
    expect(await page.evaluate(() => window.failure('wrong'))).toBe(
      'wrong: annotated as 48 × 32, but the image has 24 × 16.',
    );
  });
});
