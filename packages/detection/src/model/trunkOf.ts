import { input, LayersModel, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { check, resolveOptions } from '@tfjs-compress/math/internal';
import { graphLayers, layerNamed, outputOf, usesNode } from './levels.js';

export interface TrunkOfOptions {
  /**
   * Names of its shallow, middle and deep layer; also of layers of models inside of it.
   */
  levels: readonly [shallow: string, middle: string, deep: string];
}

/**
 * A trunk for hyperNet() out of a published model: its layers up to the three levels,
 * applied to images of any size. The layers, and so the weights, are those of
 * `published`, which keeps working; `layer.output` of a layer that both use is
 * `layer.getOutputAt(0)` from then on. Models inside of it are taken apart.
 *
 * @param published Any LayersModel with one input of shape [null, height, width, 3].
 * @returns A model with an input [null, null, null, 3] and the three levels as outputs,
 *   so that hyperNet() need not be told them again.
 * @throws ArgumentError for a name or an input that does not fit; Error that names a
 *   layer that works on images of one size only.
 * @example
 * const mobileNet = await tf.loadLayersModel('mobilenet/model.json'); // [null, 224, 224, 3]
 * const trunk = trunkOf(mobileNet, { levels: ['conv_pw_1_relu', 'conv_pw_5_relu', 'conv_pw_11_relu'] });
 * const detector = hyperNet({ trunk, classes: ['cat', 'dog'] });
 */
export function trunkOf(published: LayersModel, options: TrunkOfOptions): LayersModel {
  check(published instanceof LayersModel, 'trunkOf', 'a LayersModel', published);
  const defaults = { levels: [] as readonly string[] };
  const { levels } = resolveOptions('trunkOf', options as { levels: readonly string[] }, defaults);
  check(levels.length === 3, 'levels', 'the names of three layers, shallow to deep', levels);
  const shape = published.inputs?.[0]?.shape;
  const isImage = published.inputs?.length === 1 && shape.length === 4 && shape[3] === 3;
  check(isImage, 'trunkOf', 'a model with one input of shape [null, height, width, 3]', shape);
  const image = input({ shape: [null, null, 3], name: `${published.name}_image` });
  const graph = new Reapplied(published, [image]);
  const outputs = levels.map((name) => {
    const found = graph.level(name);
    check(found !== undefined, 'levels', 'names of layers of the model', name);
    return found;
  });
  return model({ inputs: image, outputs, name: published.name });
}

/** A model's graph, built again on other inputs as far as it is asked for. */
class Reapplied {
  private readonly tensors = new Map<number, SymbolicTensor>();
  private readonly inner = new Map<string, Reapplied>();

  constructor(
    private readonly model: LayersModel,
    inputs: SymbolicTensor[],
  ) {
    model.inputs.forEach((each, i) => {
      this.tensors.set(each.id, inputs[i]);
    });
  }

  /** What a layer gives, of this model or of one inside of it. */
  level(name: string): SymbolicTensor | undefined {
    if (layerNamed(this.model, name)) return this.tensor(outputOf(this.model, name));
    for (const layer of graphLayers(this.model)) {
      if (!(layer instanceof LayersModel)) continue;
      const node = layer.inboundNodes.findIndex((_, i) => usesNode(this.model, layer.name, i));
      const found = this.innerOf(layer, node).level(name);
      if (found) return found;
    }
    return undefined;
  }

  private tensor(old: SymbolicTensor): SymbolicTensor {
    const { sourceLayer: layer, nodeIndex, tensorIndex, id } = old;
    const known = this.tensors.get(id);
    if (known) return known;
    const { inputTensors, outputTensors, callArgs } = layer.inboundNodes[nodeIndex];
    if (layer instanceof LayersModel) {
      const made = this.innerOf(layer, nodeIndex).tensor(layer.outputs[tensorIndex]);
      this.tensors.set(id, made);
      return made;
    }
    const inputs = inputTensors.map((each) => this.tensor(each));
    let made: SymbolicTensor[];
    try {
      made = [layer.apply(inputs.length === 1 ? inputs[0] : inputs, callArgs)].flat() as SymbolicTensor[];
    } catch (error) {
      const reason = (error as Error).message;
      throw new Error(`trunkOf: layer '${layer.name}' cannot take images of any size: ${reason}`, { cause: error });
    }
    outputTensors.forEach((each, i) => {
      this.tensors.set(each.id, made[i]);
    });
    return made[tensorIndex];
  }

  /** A model inside of this one as it is used at one of its nodes. */
  private innerOf(layer: LayersModel, node: number): Reapplied {
    const key = `${layer.name} ${node}`;
    const known = this.inner.get(key);
    if (known) return known;
    const made = new Reapplied(
      layer,
      layer.inboundNodes[node].inputTensors.map((each) => this.tensor(each)),
    );
    this.inner.set(key, made);
    return made;
  }
}
