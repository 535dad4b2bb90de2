import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fetchCoco, fetchVoc } from './fetchSets.js';
import { webSource } from './webSource.js';

const annotation =
  '<annotation><size><width>8</width><height>6</height></size><object><name>a</name><bndbox><xmin>1</xmin>' +
  '<ymin>1</ymin><xmax>5</xmax><ymax>5</ymax></bndbox></object></annotation>';
const instances = {
  images: [{ id: 1, file_name: 'a.jpg', width: 8, height: 6 }],
  annotations: [],
  categories: [{ id: 1, name: 'a' }],
};
const requested: IncomingMessage[] = [];
let server: Server;
let origin: string;
let atOnce = 0;
let most = 0;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    requested.push(request);
    most = Math.max(most, ++atOnce);
    await new Promise((resolve) => setTimeout(resolve, 20));
    atOnce--;
    const { pathname, search } = new URL(request.url as string, origin);
    if (search !== '?key=a/b') response.statusCode = 403;
    else if (pathname.endsWith('.txt')) response.write(Array.from({ length: 20 }, (_, i) => `p ${i + 7}`).join('\n'));
    else if (pathname.endsWith('.xml')) response.write(annotation);
    else if (pathname.endsWith('.json')) response.write(JSON.stringify(instances));
    else response.statusCode = 404;
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.close();
});

it('keeps a signature behind every path, sends headers, and requests several files at once', async () => {
  const requestInit = { headers: { authorization: 'me' } };
  const set = await fetchVoc(`${origin}/voc?key=a/b`, { split: 'train', requestInit });
  expect(set.images.length).toBe(20);
  expect(set.images[3]).toMatchObject({ name: 'p 10', width: 8, height: 6 });
  expect(requested.at(-1)?.headers.authorization).toBe('me');
  expect(requested.map(({ url }) => url)).toContain('/voc/Annotations/p%2010.xml?key=a/b');
  expect(most).toBeGreaterThan(3);
  expect(most).toBeLessThanOrEqual(8);
});

it('takes the address of a COCO file as it is, and a function for addresses that are signed one by one', async () => {
  const asked: string[] = [];
  const address = (path: string) => {
    asked.push(path);
    return new URL(`/signed?key=a/b&for=${path}`, origin);
  };
  const set = await fetchCoco(`${origin}/x.y/instances.json?key=a/b`, address);
  expect(set.images.map(({ name }) => name)).toEqual(['a.jpg']);
  await expect(set.images[0].load()).rejects.toThrow(`${origin}/signed: HTTP 403.`);
  expect(asked).toEqual(['a.jpg']);
});

it('names files, without their signatures', async () => {
  await expect(webSource(`${origin}/voc?key=a/b`).bytes('b.jpg')).rejects.toThrow(`${origin}/voc/b.jpg: missing.`);
  await expect(webSource(`${origin}/voc?key=c`).bytes('b.jpg')).rejects.toThrow(`${origin}/voc/b.jpg: HTTP 403.`);
  await expect(webSource('http://127.0.0.1:1?key=c').bytes('b.jpg')).rejects.toThrow(
    'http://127.0.0.1:1/b.jpg: cannot be fetched',
  );
  await expect(fetchVoc(origin, { names: 'all' })).rejects.toThrow('names: expected a list, as files on the web');
});
