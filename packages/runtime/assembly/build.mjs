/** Compiles the kernels and the decoder into src/program/binaries.ts: see there. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import binaryen from 'assemblyscript/binaryen';
import { compileAssembly } from '../../../scripts/compileAssembly.mjs';

const modules = {
  all: ['run.ts', '--converge', '--use', 'ALL=1'],
  dense: ['run.ts', '--converge', '--use', 'ALL=0'],
  // The last option counts: this one for its size.
  decoder: ['decoder/index.ts', '--converge', '-Oz'],
};

/** The WebAssembly modules by name. */
async function compileModules() {
  const entries = Object.entries(modules).map(async ([name, [entry, ...options]]) => [
    name,
    await compileAssembly(asc, new URL(entry, import.meta.url), options),
  ]);
  const compiled = await Promise.all(entries);
  return Object.fromEntries(compiled.map(([name, bytes]) => [name, shrink(bytes, name !== 'decoder')]));
}

/**
 * The compiler leaves the locals of a function in the order in which it made them. The
 * optimizer, once more, numbers those that occur most from 0 on: 8% less when gzipped.
 * The loops stay as they are.
 *
 * @param inlines Whether to inline what has one caller. Not in the decoder: its hot
 *   functions would be larger, and the engine compiles them again as a model is loaded,
 *   which takes 4 ms more.
 */
function shrink(bytes, inlines) {
  const { MVP, SIMD128, BulkMemory, BulkMemoryOpt, SignExt, MutableGlobals, NontrappingFPToInt } = binaryen.Features;
  binaryen.setOptimizeLevel(2);
  binaryen.setShrinkLevel(2);
  // The compiler, which shares these settings, has changed them.
  binaryen.setAlwaysInlineMaxSize(2);
  binaryen.setFlexibleInlineMaxSize(inlines ? 20 : 0);
  binaryen.setOneCallerInlineMaxSize(inlines ? -1 : 0);
  for (let best = bytes; ; ) {
    const module = binaryen.readBinary(best);
    module.setFeatures(MVP | SIMD128 | BulkMemory | BulkMemoryOpt | SignExt | MutableGlobals | NontrappingFPToInt);
    module.optimize();
    const next = Buffer.from(module.emitBinary());
    module.dispose();
    if (next.length >= best.length) return next;
    best = next;
  }
}

/**
 * Bytes as text: digits to base 85, most bytes one, the others, which are rare in
 * WebAssembly, two. ../src/program/binaryOf.ts reads it.
 */
function digitsOf(bytes) {
  return Array.from(bytes).flatMap((byte) => {
    const shifted = (byte + 4) & 255;
    const high = Math.floor(shifted / 85);
    return high > 0 ? [84 + high, shifted % 85] : [shifted];
  });
}

/**
 * The characters of a minified program, the most frequent first. They stand for the most
 * frequent digits, as deflate codes the program and the modules in it by one table.
 */
const frequent = 'etr,nsa.()io=l uphfcd{}:[]m;gwy01>?vb&+2I$k!|-x*ASEMN3/JD4L_OjUBFRCzTK68PQWVHG5qZ^%Y79X@';

/** The characters for the digits of these modules, in the order of the digits. */
function orderCharacters(modules) {
  const counts = new Array(frequent.length).fill(0);
  for (const module of modules) for (const digit of digitsOf(module)) counts[digit]++;
  const order = [...counts.keys()].sort((a, b) => counts[b] - counts[a]);
  const characters = [];
  for (const [i, digit] of order.entries()) characters[digit] = frequent[i];
  return characters.join('');
}

/** Bytes as text: see digitsOf. */
export function textOf(bytes, characters) {
  return digitsOf(bytes)
    .map((digit) => characters[digit])
    .join('');
}

/** The source of src/program/binaries.ts. */
export async function compileBinaries() {
  const modules = await compileModules();
  const characters = orderCharacters(Object.values(modules));
  const constants = Object.entries(modules).map(
    ([name, module]) => `export const ${name} =\n  '${textOf(module, characters)}';\n`,
  );
  return `// biome-ignore-all lint/suspicious/noTemplateCurlyInString: any characters stand beside each other.
/**
 * Made by assembly/build.mjs from assembly/*.ts: WebAssembly modules, one with all
 * operations, one with those that dense layers need, and the decoder of files; as text
 * (binaryOf), byte by byte, so that what sends it compressed (gzip, brotli) finds what
 * repeats. Compressed by themselves and in base64, they would take time to inflate.
 */
${constants.join('\n')}
/** What binaryOf reads as 0, 1, 2 … */
export const characters = '${characters}';
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(new URL('../src/program/binaries.ts', import.meta.url), await compileBinaries());
}
