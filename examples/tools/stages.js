/** What one stage of a run ends with; `bytes` is what the model takes as a file. */
export function stageRow(stage, model, error, bytes) {
  const values = model.trainableWeights.map((weight) => weight.read().dataSync());
  const parameters = values.reduce((sum, each) => sum + each.length, 0);
  const nonZero = values.reduce((sum, each) => sum + each.reduce((n, value) => n + (value !== 0), 0), 0);
  return { stage, error, parameters, nonZero, bytes };
}

/** The stages as aligned text; × compares with all parameters, as float32. */
export function stageTable(rows) {
  const [{ parameters }] = rows;
  const lines = rows.map(({ stage, error, nonZero, bytes }) => [
    stage,
    `${(100 * error).toFixed(2)}%`,
    nonZero.toLocaleString('en-US'),
    `${(parameters / nonZero).toFixed(1)}×`,
    `${bytes.toLocaleString('en-US')} B`,
    `${((4 * parameters) / bytes).toFixed(1)}×`,
  ]);
  const all = [['stage', 'test error', 'parameters', 'fewer', 'file', 'smaller'], ...lines];
  const widths = all[0].map((_, i) => Math.max(...all.map((line) => line[i].length)));
  const text = (line) =>
    line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ');
  return [text(all[0]), widths.map((width) => '-'.repeat(width)).join('  '), ...all.slice(1).map(text)].join('\n');
}
