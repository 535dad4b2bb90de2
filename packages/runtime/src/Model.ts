import type { Graph, Tensor } from './graph/Graph.js';
import { lowerGraph } from './lower/lowerGraph.js';
import { type InputSizes, type ModelInput, type Numbers, shapeFor, sizesOf, type TensorInfo } from './ModelInput.js';
import type { Lowerings } from './program/Builder.js';
import { type Instance, type Prediction, Program } from './program/Program.js';

/**
 * So many programs are kept, each for inputs of other shapes; then the one that was not
 * used for longest goes.
 */
const KEPT = 4;

export type { Prediction };

interface Planned {
  program: Program;
  shapes: number[][];
  /** Numbers of each input. */
  lengths: number[];
}

/** What a model is made of. */
export interface ModelParts {
  graph: Graph;
  instance: Instance;
  lowerings: Lowerings;
  maxBytes?: number;
}

/** A model that is ready to run: see loadModel. */
export class Model {
  /** In the order of the file; a name is that of the InputLayer. */
  readonly inputs: readonly TensorInfo[];
  /** In the order of the file; a name is that of the layer. */
  readonly outputs: readonly TensorInfo[];
  private parts: ModelParts | undefined;
  private readonly sizes: InputSizes[];
  private readonly planned: Planned[] = [];
  private readonly data: Numbers[] = [];
  private readonly shapes: (number[] | undefined)[] = [];

  /** @throws UnsupportedLayerError for a layer that cannot be run. */
  constructor(parts: ModelParts) {
    this.parts = parts;
    const { graph } = parts;
    const names = namesOf(graph.inputs);
    this.sizes = graph.inputs.map(({ node: { layer } }, i) =>
      sizesOf({ name: names[i], shape: layer.config.batchInputShape, dtype: layer.config.dtype ?? 'float32' }),
    );
    this.inputs = this.sizes.map(({ name, shape, dtype }) => ({ name, shape, dtype }));
    const shapes = this.outputShapes();
    const outputs = namesOf(graph.outputs);
    this.outputs = outputs.map((name, i) => ({ name, shape: shapes[i], dtype: 'float32' }));
  }

  /**
   * The outputs for a batch of inputs. The first call with a new shape plans the memory;
   * afterwards a call allocates nothing, so the arrays returned belong to the model: the
   * next call with the same shapes writes into them. Copy what must stay
   * (`prediction.slice()`).
   *
   * @param input For one input its numbers, in the order of tfjs (channels last); for
   *   several an object with the numbers of each by its name. How many examples there are
   *   follows from the length.
   * @param shape The shape of a single input, batch first: needed where more than the
   *   batch is free. Beside several inputs write `{ name: { data, shape } }`.
   * @returns The numbers of one output; of several, an object with the numbers of each by
   *   its name.
   * @throws Error for numbers or a shape that do not fit.
   * @example
   * const [cat, dog] = model.predict(pixels);
   */
  predict<Output extends Prediction = Float32Array>(
    input: ModelInput | Record<string, ModelInput>,
    shape?: number[],
  ): Output {
    this.read(input, shape);
    const { program } = this.find() ?? this.plan();
    program.run(this.data);
    return program.result as Output;
  }

  /**
   * Sets the states of stateful layers to 0, as tfjs's resetStates: they stay from one
   * prediction to the next. Other models have none.
   */
  resetStates(): void {
    this.parts?.instance.memory.resetStates();
  }

  /** Frees the memory of the model, which cannot be used any longer. */
  dispose(): void {
    this.parts = undefined;
    this.planned.length = 0;
  }

  /** Sorts what predict was given by inputs. */
  private read(input: ModelInput | Record<string, ModelInput>, shape: number[] | undefined): void {
    const { sizes, data, shapes } = this;
    if (!this.parts) throw new Error('predict: the model is disposed.');
    if (sizes.length === 1 && typeof (input as Numbers)?.length === 'number') {
      data[0] = input as Numbers;
      shapes[0] = shape;
      return;
    }
    for (let i = 0; i < sizes.length; i++) {
      const { name } = sizes[i];
      const isNamed = input !== null && typeof input === 'object' && Object.hasOwn(input, name);
      const one: any = isNamed ? (input as Record<string, ModelInput>)[name] : sizes.length === 1 ? input : undefined;
      if (one === undefined && sizes.length > 1) {
        const all = sizes.map((each) => each.name).join(', ');
        throw new Error(`predict: expected an object with the inputs ${all}, received none for '${name}'.`);
      }
      const isBare = typeof one?.length === 'number';
      data[i] = isBare ? one : one?.data;
      shapes[i] = isBare ? shape : (one?.shape ?? shape);
    }
  }

  /** The program for these inputs, if there is one. */
  private find(): Planned | undefined {
    const { planned } = this;
    for (let i = 0; i < planned.length; i++) {
      const one = planned[i];
      if (!this.fits(one)) continue;
      // The last one used comes first.
      for (let j = i; j > 0; j--) planned[j] = planned[j - 1];
      planned[0] = one;
      return one;
    }
    return undefined;
  }

  private fits({ lengths, shapes }: Planned): boolean {
    for (let i = 0; i < lengths.length; i++) {
      const given = this.shapes[i];
      if (this.data[i]?.length !== lengths[i]) return false;
      if (given === undefined) {
        if (this.sizes[i].unit === 0) return false;
      } else {
        const planned = shapes[i];
        if (given.length !== planned.length) return false;
        for (let j = 0; j < planned.length; j++) if (given[j] !== planned[j]) return false;
      }
    }
    return true;
  }

  private plan(): Planned {
    const { planned, sizes, outputs } = this;
    const { graph, instance, lowerings, maxBytes } = this.parts!;
    const shapes = sizes.map((one, i) => shapeFor(one, this.data[i], this.shapes[i]));
    const batches = shapes.filter((_, i) => sizes[i].shape[0] === null).map(([batch]) => batch);
    if (new Set(batches).size > 1) throw new Error(`predict: expected inputs of the same batch, received ${batches}.`);
    const { builder, inputs, outputs: results } = lowerGraph(graph, shapes, lowerings, maxBytes);
    if (planned.length === KEPT) planned.pop()!.program.dispose();
    const names = outputs.map(({ name }) => name);
    const program = new Program(instance, builder, inputs, results, names);
    planned.unshift({ program, shapes, lengths: this.data.map(({ length }) => length) });
    return planned[0];
  }

  /**
   * Shapes of the outputs, by lowering the graph for two sizes of everything free: what
   * differs is free. This is where a model that cannot be run is refused.
   */
  private outputShapes(): (number | null)[][] {
    const { graph, lowerings, maxBytes } = this.parts!;
    const at = (batch: number, size: number): number[][] => {
      const shapes = this.sizes.map(({ shape }) => shape.map((one, i) => one ?? (i === 0 ? batch : size)));
      return lowerGraph(graph, shapes, lowerings, maxBytes).outputs.map(({ shape }) => shape);
    };
    const isFree = this.sizes.some(({ shape }) => shape.slice(1).includes(null));
    if (!isFree) {
      const hasBatch = this.sizes.some(({ shape }) => shape[0] === null);
      return at(1, 1).map(([batch, ...rest]) => [hasBatch ? null : batch, ...rest]);
    }
    const [small, large] = [at(1, 64), at(2, 96)];
    return small.map((shape, i) => shape.map((size, j) => (size === large[i][j] ? size : null)));
  }
}

/** The paths of the layers, each once. */
function namesOf(tensors: Tensor[]): string[] {
  const names: string[] = [];
  for (const { node } of tensors) {
    let name = node.layer.path;
    for (let i = 1; names.includes(name); i++) name = `${node.layer.path}_${i}`;
    names.push(name);
  }
  return names;
}
