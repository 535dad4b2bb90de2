import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compileBinaries } from '../../assembly/build.mjs';
import { binaries } from './binaries.js';

describe('binaries', () => {
  it('are what the sources in assembly/ compile to (else run `npm run build`)', async () => {
    expect(readFileSync(new URL('binaries.ts', import.meta.url), 'utf8')).toBe(await compileBinaries());
  });

  it('have no data of their own, which would overwrite the backend’s', () => {
    for (const text of Object.values(binaries)) {
      expect(sections(Buffer.from(text, 'base64'))).not.toContain(DATA);
    }
  });
});

const DATA = 11;

/** The ids of a module's sections. */
function sections(module: Buffer): number[] {
  const ids: number[] = [];
  for (let at = 8; at < module.length; ) {
    ids.push(module[at++]);
    let [length, shift, byte] = [0, 0, 0];
    do {
      byte = module[at++];
      length |= (byte & 127) << shift;
      shift += 7;
    } while (byte >= 128);
    at += length;
  }
  return ids;
}
