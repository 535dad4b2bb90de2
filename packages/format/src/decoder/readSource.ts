import type { io } from '@tensorflow/tfjs-core';
import { FormatError } from './FormatError.js';

/** Where a compressed file can be read from without tfjs's help. */
export type Source = string | Blob | ArrayLike<Blob> | io.IOHandler;

/** What error messages call a source. */
export function sourceName(source: Source): string {
  if (typeof source === 'string') return source;
  const blob = isList(source) ? source[0] : source;
  return (blob as { name?: string }).name ?? 'compressed model';
}

/** The bytes at an http(s) or relative URL, in a Blob (a File of an <input>, or the list of one), or carried by an IOHandler. */
export async function readSource(source: Source, requestInit?: RequestInit): Promise<Uint8Array> {
  if (typeof source === 'string') {
    const response = await fetch(source, requestInit);
    if (!response.ok) throw new FormatError(source, 0, `the request failed with status ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  }
  if (isList(source)) {
    if (source.length !== 1) throw new FormatError(sourceName(source), 0, `expected 1 file, received ${source.length}`);
    return readSource(source[0]);
  }
  if ('arrayBuffer' in source) return new Uint8Array(await source.arrayBuffer());
  if (!source.load) throw new FormatError(sourceName(source), 0, 'the handler cannot load');
  const { weightData } = await source.load();
  return new Uint8Array(await new Blob([weightData ?? []].flat()).arrayBuffer());
}

function isList(source: Source): source is ArrayLike<Blob> {
  return typeof source === 'object' && 'length' in source;
}
