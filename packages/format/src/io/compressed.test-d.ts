import type { io } from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';
import { expectTypeOf } from 'vitest';
import { compressed as decoded } from '../decode.js';
import { type CompressedHandler, type CompressedSaveResult, compressed } from './compressed.js';

// compressed(): whatever a model can be kept in.
expectTypeOf(compressed('file://model.tfz')).toEqualTypeOf<CompressedHandler>();
expectTypeOf(compressed).parameter(0).extract<string>().toEqualTypeOf<string>();
expectTypeOf<File>().toExtend<Parameters<typeof compressed>[0]>();
expectTypeOf<FileList>().toExtend<Parameters<typeof compressed>[0]>();
expectTypeOf<io.IOHandler>().toExtend<Parameters<typeof compressed>[0]>();
expectTypeOf<CompressedSaveResult>().toExtend<io.SaveResult & { sizeBytes: number }>();
compressed('https://example.com/model.tfz', { maxBytes: 1e6, name: 'model', requestInit: { method: 'PUT' } });
// @ts-expect-error no place
compressed(7);
// @ts-expect-error an option that there is not
compressed('model.tfz', { quantise: { float16: '*' } });

// Both handlers are what tfjs takes.
expectTypeOf(compressed('a')).toExtend<io.IOHandler>();
expectTypeOf(decoded('a')).toExtend<io.IOHandler>();
expectTypeOf(loadLayersModel(compressed('a'))).resolves.toEqualTypeOf<LayersModel>();
expectTypeOf(loadLayersModel(decoded('a'))).resolves.toEqualTypeOf<LayersModel>();
expectTypeOf(decoded('a')).not.toHaveProperty('save');
