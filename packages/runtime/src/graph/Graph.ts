/**
 * A layers model as what it computes: applications of layers in the order of computation.
 */
export interface Graph {
  /**
   * One a model input, in the order of the model. Their nodes' layers are InputLayers,
   * and read nothing.
   */
  inputs: Tensor[];
  outputs: Tensor[];
  /**
   * Of nested models too, which are taken apart; each stands behind those that it reads.
   * The inputs of nested models are InputLayers that read one tensor and pass it on; the
   * pass dropNoOps takes them out.
   */
  nodes: Node[];
}

/** One output of one application of a layer. */
export interface Tensor {
  node: Node;
  index: number;
}

/** An application of a layer: a shared layer has several. */
export interface Node {
  layer: Layer;
  /** In the order of the call. Initial states of recurrent layers follow their input. */
  inputs: Tensor[];
  /** Keyword arguments of the call, as saved. */
  kwargs: Record<string, unknown>;
}

export interface Layer {
  /** Of the model down to it, for messages: 'trunk/conv_1'. */
  path: string;
  /** Stock: MaskedDense is a Dense by now. */
  className: string;
  /**
   * In camelCase, as tfjs-layers takes it. An activation without a config of its own is
   * its name.
   */
  config: Record<string, any>;
  /** By field: kernel, bias, recurrentKernel, gamma, movingMean … */
  weights: Record<string, Weight>;
  /**
   * The layer in a TimeDistributed (one), the forward and backward layer of a
   * Bidirectional, the cells of an RNN.
   */
  inner: Layer[];
  /**
   * Of a TimeDistributed around a model, which has no inner layer then: that model, for
   * one step.
   */
  model?: Graph;
  /**
   * The config as the file has it: the same object, for what writes a changed model back.
   */
  raw: Record<string, any>;
  /**
   * Rows and columns of zeros that windows see around the input, [before, after] of each
   * dimension: what foldPadding puts in.
   */
  margins?: number[][];
}

export interface Weight {
  /** As in the file. */
  name: string;
  shape: number[];
  values: Float32Array;
}
