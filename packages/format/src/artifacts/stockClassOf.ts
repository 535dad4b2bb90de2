const compressible = /^(?:Masked|PowerOfTwo)(Dense|Conv1D|Conv2D|Conv2DTranspose|DepthwiseConv2D|SeparableConv2D)$/;

/**
 * The built-in class that a Masked… or PowerOfTwo… class extends; undefined for others.
 */
export function stockClassOf(className: string): string | undefined {
  return compressible.exec(className)?.[1];
}
