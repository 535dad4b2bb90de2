import { mkdtempSync, readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, type PreviewServer, preview } from 'vite';

/** What projects/live/driver.js tells. */
interface Driven {
  errors: string[];
  tiles: Record<string, string>;
  answers: string[];
}

/**
 * A page on a server of its own: a service worker's requests pass every other way of
 * serving one.
 */
export interface LivePage {
  url: string;
  /** Of what was built. */
  folder: string;
  /** What the next visit of `driven.html`, which drives itself, comes to. */
  driven(): Promise<Driven>;
  close(): Promise<void>;
}

/** Builds examples/browser as its README says, into a temporary folder. */
export async function serveLivePage(): Promise<LivePage> {
  const root = join(import.meta.dirname, '../../examples/browser');
  const folder = mkdtempSync(join(tmpdir(), 'tfjs-compress-live-'));
  const outDir = { build: { outDir: folder, emptyOutDir: true } };
  await build({ root, logLevel: 'error', ...outDir });
  let tell: (result: Driven) => void = () => {};
  const driver = {
    name: 'driver',
    configurePreviewServer({ middlewares }: PreviewServer) {
      middlewares.use('/driven.html', (_, response) => {
        const page = readFileSync(join(folder, 'index.html'), 'utf8');
        response.setHeader('content-type', 'text/html');
        response.end(page.replace('</head>', '<script type="module" src="driver.js"></script></head>'));
      });
      middlewares.use('/driver.js', (_, response) => {
        response.setHeader('content-type', 'text/javascript');
        response.end(readFileSync(join(import.meta.dirname, '../projects/live/driver.js')));
      });
      middlewares.use('/result', async (request, response) => {
        const body = [];
        for await (const chunk of request) body.push(chunk);
        response.end();
        tell(JSON.parse(Buffer.concat(body).toString()));
      });
    },
  };
  const where = { preview: { host: '127.0.0.1', port: 0 } };
  const server = await preview({ root, logLevel: 'error', plugins: [driver], ...outDir, ...where });
  const { port } = server.httpServer.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    folder,
    driven: () =>
      new Promise((resolve) => {
        tell = resolve;
      }),
    close: () => server.close(),
  };
}
