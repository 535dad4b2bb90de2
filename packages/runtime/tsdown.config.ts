import { defineConfig } from 'tsdown';
import shared from '../../tsdown.config.js';

/**
 * The decoder and the arithmetic of boxes are parts of the package, so that nobody who
 * only runs models installs anything else.
 */
const deps = { alwaysBundle: [/^@tfjs-compress\/(format|math)/] };

/** For script tags: what the entry exports is in the global `tfjsCompress`. */
const scriptTag = (name: string) => ({
  entry: { [name]: `src/${name}.ts` },
  format: ['iife' as const],
  globalName: 'tfjsCompress',
  outputOptions: { extend: true },
  platform: 'browser' as const,
  target: 'es2022',
  minify: true,
  dts: false,
  clean: false,
  outExtensions: () => ({ js: '.js' }),
  outDir: 'dist',
  deps,
});

export default defineConfig([
  { ...shared, entry: ['src/index.ts', 'src/dense.ts', 'src/detection.ts', 'src/internal.ts'], deps },
  scriptTag('index'),
  scriptTag('dense'),
  scriptTag('detection'),
]);
