/** A callback for model.fit that writes a line an epoch: bar, figures, time left. */
export function epochLines(label, epochs) {
  const start = Date.now();
  return {
    onEpochEnd(epoch, logs) {
      const done = epoch + 1;
      const bar = '#'.repeat(Math.round((20 * done) / epochs)).padEnd(20, '-');
      const figures = ['loss', 'val_acc']
        .filter((key) => key in logs)
        .map((key) => `${key} ${logs[key].toPrecision(3)}`);
      const left = Math.ceil((((Date.now() - start) / done) * (epochs - done)) / 1000);
      console.log(
        [`${label}: epoch ${done}/${epochs}`, `[${bar}]`, ...figures, ...(left ? [`${left} s left`] : [])].join('  '),
      );
    },
  };
}
