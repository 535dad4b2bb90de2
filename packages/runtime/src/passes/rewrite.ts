import type { Graph, Node, Tensor } from '../graph/Graph.js';

/** How often each node's outputs are read, by nodes and as outputs of the model. */
function countReads(graph: Graph): Map<Node, number> {
  const reads = new Map<Node, number>();
  const tensors = [...graph.outputs, ...graph.nodes.flatMap(({ inputs }) => inputs)];
  for (const { node } of tensors) reads.set(node, (reads.get(node) ?? 0) + 1);
  return reads;
}

export function outputNodes(graph: Graph): Set<Node> {
  return new Set(graph.outputs.map(({ node }) => node));
}

/** How often each layer is applied. */
function countUses(graph: Graph): Map<Node['layer'], number> {
  const uses = new Map<Node['layer'], number>();
  for (const { layer } of graph.nodes) uses.set(layer, (uses.get(layer) ?? 0) + 1);
  return uses;
}

/**
 * The graph with other nodes.
 *
 * @param replace What stands for a node in the new graph: a node, or a tensor of one that
 *   is there already. The second argument is the node with its inputs in the new graph.
 */
export function rewrite(graph: Graph, replace: (node: Node, now: Node) => Node | Tensor): Graph {
  const made = new Map<Node, Node | Tensor>();
  const nodes: Node[] = [];
  const toNew = ({ node, index }: Tensor): Tensor => {
    const now = made.get(node)!;
    return 'layer' in now ? { node: now, index } : now;
  };
  for (const node of graph.nodes) {
    const now = replace(node, { ...node, inputs: node.inputs.map(toNew) });
    made.set(node, now);
    if ('layer' in now) nodes.push(now);
  }
  return { ...graph, nodes, inputs: graph.inputs.map(toNew), outputs: graph.outputs.map(toNew) };
}

/** The graph in which some nodes take the place of the one that they read. */
export function absorb(graph: Graph, merge: (reader: Node, read: Node) => Node['layer'] | undefined): Graph {
  const reads = countReads(graph);
  const uses = countUses(graph);
  const outputs = outputNodes(graph);
  const merged = new Set<Node>();
  const result = rewrite(graph, (node, now) => {
    const [before] = node.inputs;
    if (node.inputs.length !== 1 || reads.get(before.node) !== 1 || uses.get(before.node.layer) !== 1) return now;
    const read = now.inputs[0].node;
    const layer = merge(node, read);
    if (!layer) return now;
    merged.add(read);
    // The name of an output is that of its layer.
    return { ...read, layer: outputs.has(node) ? { ...layer, path: node.layer.path } : layer };
  });
  return { ...result, nodes: result.nodes.filter((node) => !merged.has(node)) };
}
