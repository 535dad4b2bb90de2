import type { CustomCallback, LayersModel, layers } from '@tensorflow/tfjs-layers';

type Layer = layers.Layer;
type MakeLayer = (args: any) => Layer;

/**
 * What the cases use of the packages under test: handed in, for they run on the sources
 * in vitest and on the installed packages in a process of their own.
 */
export interface Api {
  INQScheduler: new (args?: any) => CustomCallback;
  SurgeryCallback: new (args?: any) => CustomCallback;
  compressible(model: LayersModel): LayersModel;
  registerCompressible(layerClass: unknown, fields: string[]): void;
  maskedDense: MakeLayer;
  maskedConv2d: MakeLayer;
  powerOfTwoDense: MakeLayer;
  powerOfTwoSeparableConv2d: MakeLayer;
}
