/** Text by a pattern, the others by their first bytes (as Latin-1) from an offset. */
const kinds: [start: RegExp | { at: number; text: string }, what: string][] = [
  [/^\s*<(!doctype|html|head|body|\?xml)/i, 'a web page (HTML)'],
  [/^version https:\/\/git-lfs/, 'a pointer of Git LFS (git lfs pull fetches the file itself)'],
  [{ at: 0, text: '\x89HDF\r\n' }, 'a Keras HDF5 file (tensorflowjs_converter makes a tfjs model of it)'],
  [
    { at: 0, text: 'PK\x03\x04' },
    'a zip archive, as .keras files are (tensorflowjs_converter makes a tfjs model of one)',
  ],
  [{ at: 4, text: 'TFL3' }, 'a TensorFlow Lite model'],
  [{ at: 0, text: '\x1f\x8b\x08' }, 'a gzip file'],
];

/**
 * What a file is that is often found where a model or its weights should be; undefined
 * for everything else.
 */
export function nonModel(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, 200))
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '');
  const isOf = (start: (typeof kinds)[0][0]) =>
    start instanceof RegExp ? start.test(head) : head.startsWith(start.text, start.at);
  return kinds.find(([start]) => isOf(start))?.[1];
}
