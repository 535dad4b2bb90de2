import type { io } from '@tensorflow/tfjs-core';

/** What is read of a node of a graph model. */
interface GraphNode {
  name: string;
  op: string;
  input?: string[];
}

/** The operations that take a kernel, and which of their inputs it is. */
const kernelInputs: Record<string, number> = {
  Conv2D: 1,
  _FusedConv2D: 1,
  FusedConv2D: 1,
  DepthwiseConv2dNative: 1,
  DepthwiseConv2d: 1,
  FusedDepthwiseConv2dNative: 1,
  Conv1D: 1,
  Conv3D: 1,
  // Its inputs: the sizes, the kernel, the values.
  Conv2DBackpropInput: 1,
  Conv2dTranspose: 1,
  MatMul: 1,
  _FusedMatMul: 1,
  BatchMatMul: 1,
  BatchMatMulV2: 1,
};

/** Whether artifacts are of a graph model; those of converter 0.x do not say so. */
export function isGraphModel({ format, modelTopology }: Pick<io.ModelArtifacts, 'format' | 'modelTopology'>): boolean {
  return format === 'graph-model' || Array.isArray((modelTopology as { node?: unknown } | undefined)?.node);
}

/**
 * The constants of a graph model in the order of its nodes, and those of them that a
 * convolution or a matrix product takes as its kernel.
 */
export function graphConstants(modelTopology: unknown): { order: Map<string, number>; kernels: Set<string> } {
  const given = (modelTopology as { node?: unknown } | undefined)?.node;
  const nodes = (Array.isArray(given) ? given : []).filter((node): node is GraphNode => typeof node?.name === 'string');
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const kernels = new Set<string>();
  for (const { op, input } of nodes) {
    const at = Object.hasOwn(kernelInputs, op) ? kernelInputs[op] : undefined;
    // MatMul with a constant on the left: Keras' Dense never, hand-made graphs do.
    for (const each of at === undefined ? [] : /MatMul/.test(op) ? [0, 1] : [at]) {
      const source = constantBehind(input?.[each], byName);
      if (source) kernels.add(source);
    }
  }
  return { order: new Map(nodes.map(({ name }, i) => [name, i])), kernels };
}

function constantBehind(input: string | undefined, byName: Map<string, GraphNode>): string | undefined {
  let name = input;
  for (let steps = 0; name !== undefined && steps < 10; steps++) {
    const node = byName.get(name.replace(/^\^/, '').replace(/:\d+$/, ''));
    if (node?.op === 'Const') return node.name;
    if (!/^(Identity|Enter|ReadVariableOp)$/.test(node?.op ?? '')) return undefined;
    name = node!.input?.[0];
  }
  return undefined;
}
