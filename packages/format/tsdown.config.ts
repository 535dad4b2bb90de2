import { defineConfig } from 'tsdown';
import shared from '../../tsdown.config.js';

export default defineConfig({
  ...shared,
  entry: ['src/index.ts', 'src/decode.ts', 'src/decode2.ts', 'src/internal.ts'],
});
