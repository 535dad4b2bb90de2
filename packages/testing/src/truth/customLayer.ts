import { matMul, serialization, type Tensor } from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

/**
 * Layers of somebody else's: a dense one without bias, its kernel in a field that no
 * built-in layer has.
 */
class SomebodysLayer extends tfl.layers.Layer {
  static className: string = 'SomebodysLayer';
  declare custom: tfl.LayerVariable;

  override build(inputShape: number[]): void {
    const size = inputShape[inputShape.length - 1];
    this.custom = this.addWeight('custom', [size, size], 'float32', tfl.initializers.identity({}));
    this.built = true;
  }

  override computeOutputShape(inputShape: number[]): number[] {
    return inputShape;
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return matMul(Array.isArray(inputs) ? inputs[0] : inputs, this.custom.read() as never);
  }
}

/** The same, for registerCompressible. */
export class RegisteredLayer extends SomebodysLayer {
  static override className = 'RegisteredLayer';
}

for (const layerClass of [SomebodysLayer, RegisteredLayer]) serialization.registerClass(layerClass as never);

export function customLayer(isRegistered: boolean): tfl.layers.Layer {
  const args = { name: 'somebodys' };
  return isRegistered ? new RegisteredLayer(args) : new SomebodysLayer(args);
}
