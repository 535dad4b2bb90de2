import { layerOf, type Site } from '@tfjs-compress/layers/internal';

/** The field of a layer that holds the constraint of a weight, by the weight's field. */
const constraintFields: Record<string, string> = {
  kernel: 'kernelConstraint',
  depthwiseKernel: 'depthwiseConstraint',
  pointwiseKernel: 'pointwiseConstraint',
  recurrentKernel: 'recurrentConstraint',
  embeddings: 'embeddingsConstraint',
};

/**
 * Takes the constraint off a weight and out of its layer's config. tfjs applies
 * constraints whenever weights are set or loaded, never in fit: a quantized kernel would
 * be rescaled on its way out of the file.
 *
 * @returns The option's name and the constraint's class, undefined where there is none.
 */
export function dropConstraint({ variable, layers, field }: Site): string | undefined {
  const weight = variable as unknown as { constraint?: { getClassName(): string } | null };
  const dropped = weight.constraint;
  if (!dropped) return undefined;
  weight.constraint = null;
  const name = constraintFields[field] ?? 'its constraint';
  for (const owner of configOwners(layers)) if (owner[name]) owner[name] = null;
  return `${name} (${dropped.getClassName()})`;
}

/**
 * The owner of a weight, and the layer from which Bidirectional made its two copies: it
 * writes that one's config.
 */
function configOwners(layers: Site['layers']): Record<string, unknown>[] {
  const owner = layerOf({ layers }) as unknown as Record<string, unknown>;
  const originals = layers.flatMap((layer) => {
    const { forwardLayer, layer: original } = layer as unknown as {
      forwardLayer?: unknown;
      layer?: { cell?: unknown };
    };
    return forwardLayer && original ? [original, original.cell ?? original] : [];
  });
  return [owner, ...(originals as Record<string, unknown>[])];
}
