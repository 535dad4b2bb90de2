const marks: [string, number[]][] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
];

/** The text of a file: by its byte order mark, else as `encoding` says. */
export function decodeText(bytes: Uint8Array, file: string, encoding = 'utf-8'): string {
  const marked = marks.find(([, mark]) => mark.every((byte, i) => bytes[i] === byte))?.[0];
  const label = marked ?? encoding;
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(label, { fatal: true });
  } catch {
    throw new Error(`${file}: the encoding '${label}' is unknown.`);
  }
  try {
    return decoder.decode(bytes);
  } catch {
    throw new Error(`${file}: not valid ${label}.`);
  }
}

/** The text of an XML file, whose first line may name its encoding. */
export function decodeXml(bytes: Uint8Array, file: string): string {
  const head = String.fromCharCode(...bytes.subarray(0, 200));
  const declared = /^<\?xml[^>]*\sencoding\s*=\s*["']([^"']+)["']/.exec(head)?.[1];
  // A declaration that could be read byte by byte is not in UTF-16, whatever it says.
  return decodeText(bytes, file, declared && !/^utf-?16/i.test(declared) ? declared : 'utf-8');
}
