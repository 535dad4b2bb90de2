import { defineConfig } from 'vite';

/** Of live.html, which looks for output/bloodCells.tfz beside itself. */
export default defineConfig({
  base: './',
  // A file that is missing is a 404, not another page.
  appType: 'mpa',
  // What training keeps there, gigabytes, is not watched.
  server: { open: '/live.html', watch: { ignored: ['**/output/**'] } },
  worker: { format: 'es' },
  build: { target: 'es2022', rolldownOptions: { input: 'live.html' } },
});
