import type { io } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { expectTypeOf } from 'vitest';
import { exportStock, type FormatError, pack, unpack } from '../index.js';

declare const artifacts: io.ModelArtifacts;
declare const model: LayersModel;

// pack(): bytes that Blob, fetch and Response take.
expectTypeOf(pack(artifacts)).toEqualTypeOf<Uint8Array<ArrayBuffer>>();
expectTypeOf(pack(artifacts)).toExtend<BlobPart>();
expectTypeOf(pack(artifacts)).toExtend<BodyInit>();
pack(artifacts, { quantize: { float16: ['dense*', /kernel$/], uint8: (name) => name.endsWith('bias') } });
pack(artifacts, { onProgress: (fraction) => fraction.toFixed(), onWeight: (name, bytes) => name.padEnd(bytes) });
// @ts-expect-error a coding that there is not
pack(artifacts, { quantize: { int4: '*' } });
// @ts-expect-error a model is not its artifacts
pack(model);

// unpack(): of bytes, wherever they are.
expectTypeOf(unpack(pack(artifacts))).toEqualTypeOf<io.ModelArtifacts>();
expectTypeOf<Uint8Array<SharedArrayBuffer>>().toExtend<Parameters<typeof unpack>[0]>();
expectTypeOf<FormatError>().toExtend<Error & { file: string; offset: number }>();

// exportStock(): of a model or its artifacts.
expectTypeOf(exportStock(model, 'folder', { quantize: 'uint8' })).resolves.toEqualTypeOf<{ sizeBytes: number }>();
exportStock(artifacts, 'folder');
// @ts-expect-error a quantization that there is not
exportStock(model, 'folder', { quantize: 'int4' });
