import { fileURLToPath } from 'node:url';
import { defineConfig } from 'tsdown';

export default defineConfig({
  cwd: process.cwd(),
  entry: ['src/index.ts'],
  format: ['esm', 'cjs'],
  platform: 'neutral',
  target: 'es2022',
  unbundle: true,
  dts: true,
  clean: true,
  outDir: 'dist',
  // `CI=1 npm run build`: what tools would find wrong with the package as npm packs it.
  publint: { enabled: 'ci-only', strict: true },
  attw: { enabled: 'ci-only', profile: 'strict', level: 'error' },
  outExtensions: ({ format }) => ({
    js: format === 'cjs' ? '.cjs' : '.js',
    dts: format === 'cjs' ? '.d.cts' : '.d.ts',
  }),
  tsconfig: fileURLToPath(new URL('tsconfig.json', import.meta.url)),
});
