/**
 * Who takes part. `entry` is the program in entries/, `open` its function; `format` what is appended to a net's name to
 * get the file that it reads; `rival` the npm package that has to be installed for it; `wasm` the files that its page loads beside its bundle.
 * `tolerance` bounds the difference from tfjs's output, relative to the largest one.
 */
const exact = 1e-4;
/** Activations and weights in 8 bits, calibrated on a few inputs: a rough check that it is the same net. */
const rounded = 0.35;

const tfjsWasm = ['@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm'];
const ortWasm = ['onnxruntime-web/dist/ort-wasm-simd-threaded.mjs', 'onnxruntime-web/dist/ort-wasm-simd-threaded.wasm'];
const liteRtWasm = ['@litertjs/core/wasm/litert_wasm_internal.js', '@litertjs/core/wasm/litert_wasm_internal.wasm'];
const tfliteWasm = ['cc_simd.js', 'cc_simd.wasm'].map((name) => `@tensorflow/tfjs-tflite/wasm/tflite_web_api_${name}`);

const ort = { entry: 'onnxruntime', rival: 'onnxruntime-web', channelsFirst: true, node: true };
const liteRt = { entry: 'litert', rival: '@litertjs/core' };
const tflite = { entry: 'tflite', rival: '@tensorflow/tfjs-tflite' };

/** Of predictions. Without `node`: only in a page, because it loads its code by a script element. */
export const contenders = {
  ours: { entry: 'ours', node: true, tolerance: exact },
  'tfjs layers': { entry: 'tfjs', open: 'openLayers', node: true, tolerance: exact },
  'tfjs fused': { entry: 'tfjs', open: 'openFused', node: true, tolerance: exact },
  'onnxruntime-web': { ...ort, format: '.onnx', tolerance: exact },
  'onnxruntime-web int8': { ...ort, format: '.int8.onnx', tolerance: rounded },
  'LiteRT.js': { ...liteRt, format: '.tflite', tolerance: exact },
  'LiteRT.js int8': { ...liteRt, format: '.int8.tflite', tolerance: rounded },
  'LiteRT.js sparse': { ...liteRt, format: '.sparse.tflite', tolerance: exact },
  'tfjs-tflite': { ...tflite, format: '.tflite', tolerance: exact },
};

/** Programs for a page, whose bytes are counted and which are started cold; `files` is what they read for a net. */
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
