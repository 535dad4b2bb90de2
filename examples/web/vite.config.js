import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  base: './', // the built pages work in any folder of a server
  plugins: [react()],
  build: { target: 'es2022', rolldownOptions: { input: ['index.html', 'worker.html', 'react.html'] } },
});
