/**
 * Two files, names left as they are: a stack says whose code read a tensor
 * (syncReads.js).
 */
export default {
  build: {
    minify: false,
    target: 'esnext',
    chunkSizeWarningLimit: 10_000,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'tfjs', test: /node_modules[\\/]@tensorflow[\\/]/ },
            { name: 'compress', test: /node_modules[\\/](@tfjs-compress|tfjs-compress)[\\/]/ },
          ],
        },
      },
    },
  },
};
