/** Long enough for clocks that browsers make coarse: to 1 ms in Firefox. */
const measuredMs = 20;
const kept = 9;

/**
 * Measures how long one run of `action` takes, again and again: the median of the last
 * measurements, in ms.
 */
export function medianTimer(action: () => void): () => number {
  const times: number[] = [];
  return () => {
    const start = performance.now();
    let runs = 0;
    let elapsed = 0;
    // Reading the clock takes longer than a small model.
    for (let group = 1; elapsed < measuredMs; group *= 2) {
      for (let i = 0; i < group; i++) action();
      runs += group;
      elapsed = performance.now() - start;
    }
    times.push(elapsed / runs);
    if (times.length > kept) times.shift();
    return [...times].sort((a, b) => a - b)[times.length >> 1];
  };
}

export function formatTime(ms: number): string {
  const [value, unit] = ms < 1 ? [1000 * ms, 'µs'] : [ms, 'ms'];
  return `${value < 10 ? value.toPrecision(2) : Math.round(value)} ${unit}`;
}
