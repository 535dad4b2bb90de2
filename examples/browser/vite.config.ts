import { defineConfig } from 'vite';
import { measureCode } from './vite/measureCode.js';
import { offline } from './vite/offline.js';

/** Files of their own, with names by which the plugins find them. */
const output = {
  codeSplitting: {
    groups: [
      { name: 'tfjs', test: /@tensorflow[\\/]tfjs-(core|layers|backend-wasm)[\\/]/ },
      { name: 'webgl', test: /@tensorflow[\\/]tfjs-backend-(webgl|cpu)[\\/]/ },
      { name: 'webgpu', test: /@tensorflow[\\/]tfjs-backend-webgpu[\\/]/ },
      // What loadModel needs, and nothing of what makes pages.
      { name: 'runtime', test: /packages[\\/]runtime[\\/]dist[\\/](?!dense|freeze|internal|detection|.*\?raw)/ },
    ],
  },
};

export default defineConfig({
  root: import.meta.dirname,
  // Wherever the folder is put, the page finds its files.
  base: './',
  worker: { format: 'es', rolldownOptions: { output } },
  build: {
    target: 'es2022',
    chunkSizeWarningLimit: 2000,
    // A data: address is a request that the page's policy refuses.
    assetsInlineLimit: 0,
    rolldownOptions: { output },
  },
  plugins: [measureCode(), offline()],
});
