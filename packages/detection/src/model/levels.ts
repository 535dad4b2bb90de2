import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { check } from '@tfjs-compress/math';

export interface Levels {
  outputs: [SymbolicTensor, SymbolicTensor, SymbolicTensor];
  /** Pixels of the picture in one cell of each. */
  strides: [number, number, number];
}

/** Multiple of every stride that occurs, to measure strides with. */
const probe = 512;

/** The trunk's three levels; throws where their maps do not line up after pooling the first and deconvolving the last. */
export function levelsOf(trunk: LayersModel, names: readonly string[]): Levels {
  const inputShape = trunk.inputs[0].shape;
  const free = inputShape.length === 4 && inputShape[1] === null && inputShape[2] === null && inputShape[3] === 3;
  check(
    free && trunk.inputs.length === 1,
    'trunk',
    'a model with one input of shape [null, null, null, 3]',
    inputShape,
  );
  const outputs = names.map((name) => {
    const layer = trunk.layers.find((each) => each.name === name);
    check(layer !== undefined, 'levels', 'names of layers of the trunk', name);
    return layer.getOutputAt(0) as SymbolicTensor;
  });
  const strides = outputs.map((output, i) => {
    const rows = rowsAt(output);
    check(rows !== null && probe % rows === 0, `levels[${i}]`, 'a map whose stride divides the picture', names[i]);
    return probe / (rows as number);
  });
  const [shallow, middle, deep] = strides;
  const expected = 'three levels whose strides divide one another, shallow to deep';
  check(
    middle % shallow === 0 && deep % middle === 0,
    'levels',
    expected,
    names.map((n, i) => `${n}: ${strides[i]}`),
  );
  return { outputs, strides } as Levels;
}

/** Height of a layer's map for a picture of `probe` rows, through the chain of first inputs. */
function rowsAt(tensor: SymbolicTensor): number | null {
  const { sourceLayer, inputs } = tensor;
  if (!inputs || inputs.length === 0) return probe;
  const shapes = inputs.map((each) => {
    const rows = rowsAt(each);
    return [1, rows, rows, each.shape[3]];
  });
  const shape = sourceLayer.computeOutputShape(shapes.length === 1 ? shapes[0] : shapes) as (number | null)[];
  return shape.length === 4 ? shape[1] : null;
}
