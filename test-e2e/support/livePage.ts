import { mkdtempSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, preview } from 'vite';

/**
 * A page on a server of its own: a service worker's requests pass every other way of
 * serving one.
 */
export interface LivePage {
  url: string;
  /** Of what was built. */
  folder: string;
  close(): Promise<void>;
}

/** Builds examples/browser as its README says, into a temporary folder. */
export async function serveLivePage(): Promise<LivePage> {
  const root = join(import.meta.dirname, '../../examples/browser');
  const folder = mkdtempSync(join(tmpdir(), 'tfjs-compress-live-'));
  const outDir = { build: { outDir: folder, emptyOutDir: true } };
  await build({ root, logLevel: 'error', ...outDir });
  const server = await preview({ root, logLevel: 'error', ...outDir, preview: { host: '127.0.0.1', port: 0 } });
  const { port } = server.httpServer.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, folder, close: () => server.close() };
}
