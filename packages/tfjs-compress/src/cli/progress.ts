/**
 * Shows a line that is overwritten: `packing [####----------------] 20%  3 s left`. On a
 * terminal only, and not for what takes less than half a second.
 */
export function makeProgress(label: string): ((fraction: number) => void) | undefined {
  const { stderr } = process;
  if (!stderr.isTTY) return undefined;
  const start = Date.now();
  let shown = false;
  return (fraction) => {
    const seconds = (Date.now() - start) / 1000;
    if (fraction >= 1) {
      if (shown) stderr.write('\r\u001b[K');
    } else if (seconds > 0.5) {
      shown = true;
      const bar = '#'.repeat(Math.round(20 * fraction)).padEnd(20, '-');
      const left = Math.ceil((seconds * (1 - fraction)) / fraction);
      stderr.write(`\r\u001b[K${label} [${bar}] ${Math.round(100 * fraction)}%  ${left} s left`);
    }
  };
}
