/** Columns of a tensor seen as a matrix: its last dimension that is not 1. */
export function columnsOf(shape: readonly number[]): number {
  for (let i = shape.length - 1; i >= 0; i--) if (shape[i] !== 1) return shape[i];
  return 1;
}
