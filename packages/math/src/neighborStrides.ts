/**
 * Distances between rows of a tensor (seen as a matrix of `columns` columns) that may lie
 * next to each other in the image under it: a convolution's next place, a dense layer's
 * next line of the image, the latter read off the rows' counts of non-zeros.
 */
export function strideCandidates(data: ArrayLike<number>, shape: readonly number[], columns: number): number[] {
  const rows = data.length / columns;
  if (rows < 4) return [2];
  if (shape.length === 4) return [...new Set([2, shape[2], shape[1] * shape[2]])].filter((stride) => stride > 1);
  const counts = new Float64Array(rows);
  for (let i = 0, row = 0; row < rows; row++) {
    for (const end = i + columns; i < end; i++) if (data[i] !== 0) counts[row]++;
  }
  const mean = counts.reduce((sum, count) => sum + count, 0) / rows;
  const correlations: { stride: number; sum: number }[] = [];
  for (let stride = 2; stride <= Math.min(rows >> 1, 512); stride++) {
    let sum = 0;
    for (let row = stride; row < rows; row++) {
      sum += (counts[row] - mean) * (counts[row - stride] - mean);
    }
    correlations.push({ stride, sum: sum / (rows - stride) });
  }
  correlations.sort((a, b) => b.sum - a.sum);
  return [...new Set([2, ...correlations.slice(0, 2).map(({ stride }) => stride)])];
}
