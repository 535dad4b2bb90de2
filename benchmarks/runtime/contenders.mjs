/**
 * Who takes part. `entry` is the program in entries/, `open` its function; `format` what
 * is appended to a net's name to get the file that it reads; `rival` the npm package that
 * has to be installed for it; `wasm` the files that its page loads beside its bundle.
 * `isRounded`: its weights and activations have 8 bits.
 */
const tfjsWasm = ['@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm'];
const ortWasm = ['onnxruntime-web/dist/ort-wasm-simd-threaded.mjs', 'onnxruntime-web/dist/ort-wasm-simd-threaded.wasm'];
const liteRtWasm = ['@litertjs/core/wasm/litert_wasm_internal.js', '@litertjs/core/wasm/litert_wasm_internal.wasm'];
const tfliteWasm = ['cc_simd.js', 'cc_simd.wasm'].map((name) => `@tensorflow/tfjs-tflite/wasm/tflite_web_api_${name}`);

const ort = { entry: 'onnxruntime', rival: 'onnxruntime-web', channelsFirst: true, node: true };
const liteRt = { entry: 'litert', rival: '@litertjs/core' };
/** Alone in its page: copies of tfjs share one engine, and it wants another backend. */
const tflite = { entry: 'tflite', rival: '@tensorflow/tfjs-tflite', alone: true };

/**
 * Of predictions. Without `node`: only in a page, because it loads its code by a script
 * element.
 */
export const contenders = {
  ours: { entry: 'ours', node: true },
  'tfjs layers': { entry: 'tfjs', open: 'openLayers', node: true },
  'tfjs fused': { entry: 'tfjs', open: 'openFused', node: true },
  'onnxruntime-web': { ...ort, format: '.onnx' },
  'onnxruntime-web int8': { ...ort, format: '.int8.onnx', isRounded: true },
  'LiteRT.js': { ...liteRt, format: '.tflite' },
  'LiteRT.js int8': { ...liteRt, format: '.int8.tflite', isRounded: true },
  'LiteRT.js sparse': { ...liteRt, format: '.sparse.tflite' },
  'tfjs-tflite': { ...tflite, format: '.tflite' },
};

/**
 * Programs for a page, whose bytes are counted and which are started cold; `files` is
 * what they read for a net.
 */
export const programs = {
  'ours, dense': { entry: 'oursDense', files: ['.tfz'], wasm: [] },
  ours: { entry: 'ours', files: ['.tfz'], wasm: [] },
  'tfjs, dense by hand': { entry: 'tfjsDense', files: ['.json', '.bin'], wasm: tfjsWasm },
  'tfjs layers': { entry: 'tfjsLayers', files: ['.model.json', '.model.bin'], wasm: tfjsWasm },
  'onnxruntime-web': { ...ort, format: '.int8.onnx', files: ['.int8.onnx'], wasm: ortWasm },
  'LiteRT.js': { ...liteRt, format: '.int8.tflite', files: ['.int8.tflite'], wasm: liteRtWasm },
  'tfjs-tflite': { ...tflite, format: '.tflite', files: ['.tflite'], wasm: tfliteWasm },
};

/** The npm packages of rivals with the versions that the figures were made with. */
export const rivals = ['onnxruntime-web@1.30.0', '@litertjs/core@2.5.3', '@tensorflow/tfjs-tflite@0.0.1-alpha.10'];
