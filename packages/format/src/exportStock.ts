import type { io } from '@tensorflow/tfjs-core';
import { check, checkKnownOptions } from '@tfjs-compress/math';
import { layoutOf } from './decoder/description.js';
import { writeFile } from './files.js';
import { halfBits } from './half.js';

export interface ExportStockOptions {
  /**
   * How float32 weights of two dimensions and more are stored; tfjs makes them float32 again when it loads them. Biases and statistics,
   * which are few and sensitive, stay as they are. Default: no change.
   */
  quantize?: 'uint8' | 'float16';
}

/** What has tfjs's save(). */
interface Saveable {
  save(handler: io.IOHandler): Promise<io.SaveResult>;
}

/**
 * Writes a plain tfjs model, model.json and weights.bin, which loads without this package (Node only).
 *
 * @param folder A path or a file:// URL; made when it is not there.
 * @returns Bytes of the two files.
 * @throws ArgumentError for an unknown quantization.
 */
export async function exportStock(
  model: Saveable | io.ModelArtifacts,
  folder: string,
  options: ExportStockOptions = {},
): Promise<{ sizeBytes: number }> {
  checkKnownOptions(options, ['quantize'], 'exportStock');
  const { quantize } = options;
  check([undefined, 'uint8', 'float16'].includes(quantize), 'quantize', "'uint8' or 'float16'", quantize);
  const base = folder.startsWith('file://') ? folder : `file://${folder}`;
  let sizeBytes = 0;
  const save = async ({ weightData, weightSpecs = [], ...rest }: io.ModelArtifacts): Promise<io.SaveResult> => {
    const data = await new Blob([weightData ?? []].flat()).arrayBuffer();
    const parts: ArrayBuffer[] = [];
    let at = 0;
    const weights = weightSpecs.map((spec) => {
      const { bytes } = layoutOf(spec);
      const part = data.slice(at, at + bytes);
      at += bytes;
      const isKept = spec.dtype !== 'float32' || spec.quantization || spec.shape.length < 2 || bytes === 0;
      const stored = isKept || !quantize ? { spec, part } : quantizers[quantize](spec, new Float32Array(part));
      parts.push(stored.part);
      return stored.spec;
    });
    const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
    const json = new TextEncoder().encode(
      JSON.stringify({ ...rest, weightsManifest: [{ paths: ['weights.bin'], weights }] }),
    );
    await writeFile(`${base}/weights.bin`, bytes);
    await writeFile(`${base}/model.json`, json);
    sizeBytes = bytes.length + json.length;
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
  };
  await ('save' in model ? model.save({ save }) : save(model));
  return { sizeBytes };
}

interface Stored {
  spec: io.WeightsManifestEntry;
  part: ArrayBuffer;
}

const quantizers: Record<'uint8' | 'float16', (spec: io.WeightsManifestEntry, values: Float32Array) => Stored> = {
  /** 256 equally spaced values from the smallest to the largest, moved so that 0 is one of them: zeros stay zeros. */
  uint8(spec, values) {
    const lowest = values.reduce((a, b) => Math.min(a, b), 0);
    const highest = values.reduce((a, b) => Math.max(a, b), 0);
    const scale = (highest - lowest) / 255 || 1;
    const zero = Math.round(-lowest / scale);
    const quantized = Uint8Array.from(values, (value) => Math.min(255, Math.max(0, Math.round(value / scale) + zero)));
    const quantization = { dtype: 'uint8' as const, scale, min: -zero * scale };
    return { spec: { ...spec, quantization }, part: quantized.buffer };
  },
  float16(spec, values) {
    return { spec: { ...spec, quantization: { dtype: 'float16' } }, part: Uint16Array.from(values, halfBits).buffer };
  },
};
