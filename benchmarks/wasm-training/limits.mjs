/**
 * What one thread can do at most in WebAssembly with SIMD: multiplications and additions
 * a second, and bytes moved a second.
 */
import asc from 'assemblyscript/asc';

/**
 * Twelve sums that wait for none of each other, four values each; and a copy of memory.
 */
const source = (fused) => `
export function arithmetic(count: i32): f32 {
  const x = f32x4.splat(0.999);
  ${[...Array(12).keys()].map((i) => `let s${i} = f32x4.splat(${i});`).join('\n  ')}
  for (let i = 0; i < count; i++) {
    ${[...Array(12).keys()].map((i) => `s${i} = ${fused ? `f32x4.relaxed_madd(s${i}, x, x)` : `f32x4.add(f32x4.mul(s${i}, x), x)`};`).join('\n    ')}
  }
  let sum = s0;
  ${[...Array(11).keys()].map((i) => `sum = f32x4.add(sum, s${i + 1});`).join('\n  ')}
  return f32x4.extract_lane(sum, 0);
}

export function move(bytes: i32): void {
  for (let i = 0; i < bytes; i += 32) {
    v128.store(bytes + i, v128.load(i));
    v128.store(bytes + i, v128.load(i, 16), 16);
  }
}
`;

/**
 * The best of repeated measurements: Gflop/s (fused multiplication and addition where the
 * engine has it, as this package uses it) and GB/s (bytes read plus bytes written, of 64
 * MB each, which no cache holds).
 */
export async function measureLimits() {
  const binaries = [await compile(true), await compile(false)];
  const { instance } = await WebAssembly.instantiate(binaries.find((binary) => WebAssembly.validate(binary)));
  const { arithmetic, move } = instance.exports;
  const count = 1e5;
  const gflops = (count * 12 * 4 * 2) / fastest(() => arithmetic(count)) / 1e6;
  const bytes = 2 ** 26;
  const gigabytes = (2 * bytes) / fastest(() => move(bytes)) / 1e6;
  return { gflops, gigabytes };
}

async function compile(fused) {
  let binary;
  const options = ['limits.ts', '-o', 'limits.wasm', '-O3', '--runtime', 'stub', '--noAssert', '--enable', 'simd'];
  const { error } = await asc.main([...options, '--enable', 'relaxed-simd', '--initialMemory', '2049'], {
    readFile: (name) => (name === 'limits.ts' ? source(fused) : null),
    writeFile: (_, contents) => {
      binary = contents;
    },
  });
  if (error) throw error;
  return binary;
}

/**
 * The fastest of short runs over two seconds: of those, some have the processor for
 * themselves even on a busy machine.
 */
function fastest(run) {
  let best = Number.POSITIVE_INFINITY;
  const end = performance.now() + 2000;
  while (performance.now() < end) {
    const start = performance.now();
    run();
    best = Math.min(best, performance.now() - start);
  }
  return best;
}
