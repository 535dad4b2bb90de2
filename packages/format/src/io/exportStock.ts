import type { io } from '@tensorflow/tfjs-core';
import { check, checkKnownOptions } from '@tfjs-compress/math/internal';
import { artifactsOf, type Saveable } from '../artifacts/artifactsOf.js';
import { float32Of } from '../artifacts/bytes.js';
import { halfBits } from '../artifacts/half.js';
import { plainFiles } from '../artifacts/plainFiles.js';
import { stripArtifacts } from '../artifacts/stripArtifacts.js';
import { type StoredWeight, storedWeights, withWeights } from '../artifacts/weights.js';
import { writeFile } from './files.js';

export interface ExportStockOptions {
  /**
   * How float32 weights of two dimensions and more are stored; tfjs makes them float32
   * again when it loads them. Biases and statistics, which are few and sensitive, stay as
   * they are. Default: no change.
   */
  quantize?: 'uint8' | 'float16';
}

/**
 * Writes a plain tfjs model, model.json and weights.bin, which loads without this package
 * (Node only): layers of this suite become the built-in ones, their kernels hold the
 * effective weights.
 *
 * ```js
 * const { sizeBytes } = await exportStock(model, 'output/stock', { quantize: 'uint8' });
 * ```
 *
 * @param folder A path or a file:// URL; made when it is not there.
 * @returns Bytes of the two files.
 * @throws ArgumentError for what is neither a model nor a path, for an unknown
 *   quantization, and for 'uint8' of values that are not finite.
 */
export async function exportStock(
  model: Saveable | io.ModelArtifacts,
  folder: string,
  options: ExportStockOptions = {},
): Promise<{ sizeBytes: number }> {
  check(typeof model === 'object' && model !== null, 'model', 'a model or its artifacts', model);
  check(typeof folder === 'string' && folder !== '', 'folder', 'a path or a file:// URL', folder);
  checkKnownOptions(options, ['quantize'], 'exportStock');
  const { quantize } = options;
  check([undefined, 'uint8', 'float16'].includes(quantize), 'quantize', "'uint8' or 'float16'", quantize);
  const base = folder.startsWith('file://') ? folder : `file://${folder}`;
  const stock = stripArtifacts('save' in model ? await artifactsOf(model) : model);
  const stored = storedWeights(stock).map((weight) => {
    const { spec, bytes } = weight;
    const isKept = spec.dtype !== 'float32' || spec.quantization || spec.shape.length < 2 || bytes.length === 0;
    return isKept || !quantize ? weight : quantizers[quantize](spec, float32Of(bytes));
  });
  const files = plainFiles(withWeights(stock, stored));
  const [weights, json] = [files['weights.bin'], new TextEncoder().encode(files['model.json'])];
  await writeFile(`${base}/weights.bin`, weights);
  await writeFile(`${base}/model.json`, json);
  return { sizeBytes: weights.length + json.length };
}

const quantizers: Record<'uint8' | 'float16', (spec: io.WeightsManifestEntry, values: Float32Array) => StoredWeight> = {
  /**
   * 256 equally spaced values from the smallest to the largest, moved so that 0 is one of
   * them: zeros stay zeros.
   */
  uint8(spec, values) {
    // A scale of NaN would be written as null, and tfjs would load zeros.
    check(values.every(Number.isFinite), `weight '${spec.name}'`, "finite values for quantize: 'uint8'", 'others');
    const lowest = values.reduce((a, b) => Math.min(a, b), 0);
    const highest = values.reduce((a, b) => Math.max(a, b), 0);
    const scale = (highest - lowest) / 255 || 1;
    const zero = Math.round(-lowest / scale);
    const quantized = Uint8Array.from(values, (value) => Math.min(255, Math.max(0, Math.round(value / scale) + zero)));
    const quantization = { dtype: 'uint8' as const, scale, min: -zero * scale };
    return { spec: { ...spec, quantization }, bytes: quantized };
  },
  float16(spec, values) {
    return {
      spec: { ...spec, quantization: { dtype: 'float16' } },
      bytes: new Uint8Array(Uint16Array.from(values, halfBits).buffer),
    };
  },
};
