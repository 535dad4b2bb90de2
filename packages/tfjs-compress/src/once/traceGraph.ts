import * as tfl from '@tensorflow/tfjs-layers';

type Layer = tfl.layers.Layer;

/** One use of one layer. Values are numbered. */
export interface Step {
  layer: Layer;
  inputs: number[];
  outputs: number[];
}

/** A model's layers in an order in which they can run, nested models taken apart. */
export interface Trace {
  steps: Step[];
  /** Of the model's inputs. */
  inputs: number[];
  outputs: number[];
  /**
   * By value: the last step that reads it; the number of steps for the model's
   * outputs, -1 for what nobody reads.
   */
  lastUse: number[];
}

/** What tfjs keeps of one use of a layer in a graph. */
interface Node {
  inputTensors: tfl.SymbolicTensor[];
  outputTensors: tfl.SymbolicTensor[];
}

export function traceGraph(model: tfl.LayersModel): Trace {
  const steps: Step[] = [];
  let count = 0;
  /** Values of the symbolic tensors inside one use of a (nested) model. */
  type Known = Map<tfl.SymbolicTensor, number>;
  const numberOf = (symbolic: tfl.SymbolicTensor, known: Known): number => {
    const found = known.get(symbolic);
    if (found !== undefined) return found;
    const layer = symbolic.sourceLayer;
    const node = layer.inboundNodes[symbolic.nodeIndex] as unknown as Node;
    const inputs = node.inputTensors.map((each) => numberOf(each, known));
    let outputs: number[];
    if (layer instanceof tfl.LayersModel) {
      const inner: Known = new Map(layer.inputs.map((each, i) => [each, inputs[i]]));
      outputs = layer.outputs.map((each) => numberOf(each, inner));
    } else {
      outputs = node.outputTensors.map(() => count++);
      steps.push({ layer, inputs, outputs });
    }
    for (const [i, each] of node.outputTensors.entries()) known.set(each, outputs[i]);
    return known.get(symbolic)!;
  };
  const known: Known = new Map();
  for (const input of model.inputs) known.set(input, count++);
  const inputs = model.inputs.map((input) => known.get(input)!);
  const outputs = model.outputs.map((output) => numberOf(output, known));
  const lastUse = new Array<number>(count).fill(-1);
  for (const [s, step] of steps.entries()) for (const value of step.inputs) lastUse[value] = s;
  for (const value of outputs) lastUse[value] = steps.length;
  return { steps, inputs, outputs, lastUse };
}
