/** Compiles the kernels and the decoder into src/program/binaries.ts: see there. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { compileAssembly } from '../../../scripts/compileAssembly.mjs';

const modules = {
  all: ['run.ts', '--converge', '--use', 'ALL=1'],
  dense: ['run.ts', '--converge', '--use', 'ALL=0'],
  // The last option counts: this one for its size.
  decoder: ['decoder/index.ts', '--converge', '-Oz'],
};

/** The WebAssembly modules by name. */
export async function compileModules() {
  const entries = Object.entries(modules).map(async ([name, [entry, ...options]]) => [
    name,
    await compileAssembly(asc, new URL(entry, import.meta.url), options),
  ]);
  return Object.fromEntries(await Promise.all(entries));
}

/**
 * Bytes as text: most as one character, the others, which are rare in WebAssembly, as two.
 * ../src/program/binaryOf.ts reads it.
 */
export function textOf(bytes) {
  const character = (digit) => {
    const code = 37 + digit;
    const unquoted = code > 91 ? code + 1 : code;
    return String.fromCharCode(unquoted > 95 ? unquoted + 1 : unquoted);
  };
  let text = '';
  for (const byte of bytes) {
    const shifted = (byte + 4) & 255;
    const [high, low] = [Math.floor(shifted / 85), shifted % 85];
    text += (high > 0 ? character(84 + high) : '') + character(low);
  }
  return text;
}

/** As the formatter wants it. */
function quoted(text) {
  return text.includes("'") ? `"${text}"` : `'${text}'`;
}

/** The source of src/program/binaries.ts. */
export async function compileBinaries() {
  const constants = Object.entries(await compileModules()).map(
    ([name, module]) => `export const ${name} =\n  ${quoted(textOf(module))};\n`,
  );
  return `/**
 * Made by assembly/build.mjs from assembly/*.ts: WebAssembly modules, one with all
 * operations, one with those that dense layers need, and the decoder of files; as text
 * (binaryOf), byte by byte, so that what sends it compressed (gzip, brotli) finds what
 * repeats. Compressed by themselves and in base64, they would take time to inflate.
 */
${constants.join('\n')}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(new URL('../src/program/binaries.ts', import.meta.url), await compileBinaries());
}
