type Axes<T> = { [Key in keyof T]: readonly T[Key][] };

/**
 * Combinations in which every possible pair of values of the listed pairs of axes occurs
 * at least once: greedy, without chance, so that a case keeps its name from run to run.
 */
export function pairwise<T extends object>(
  axes: Axes<T>,
  pairsOfAxes: (readonly [keyof T, keyof T])[],
  isPossible: (part: Partial<T>) => boolean,
): T[] {
  const keys = Object.keys(axes) as (keyof T)[];
  const open = new Map<string, Partial<T>>();
  const nameOf = (a: keyof T, b: keyof T, part: Partial<T>) => JSON.stringify([a, b, part[a], part[b]]);
  for (const [a, b] of pairsOfAxes) {
    for (const valueA of axes[a]) {
      for (const valueB of axes[b]) {
        const part = { [a]: valueA, [b]: valueB } as Partial<T>;
        if (isPossible(part)) open.set(nameOf(a, b, part), part);
      }
    }
  }
  const used = new Map<string, number>();
  const timesUsed = (key: keyof T, value: unknown) => used.get(JSON.stringify([key, value])) ?? 0;
  const rows: T[] = [];
  while (open.size > 0) {
    const [[firstName, first]] = open;
    let row: Partial<T> = { ...first };
    for (const key of keys) {
      if (key in row) continue;
      let best: { gain: number; times: number; value: T[keyof T] } | undefined;
      for (const value of axes[key]) {
        const extended = { ...row, [key]: value };
        if (!isPossible(extended)) continue;
        const gain = pairsOfAxes.filter(
          ([a, b]) => (a === key || b === key) && a in extended && b in extended && open.has(nameOf(a, b, extended)),
        ).length;
        const times = timesUsed(key, value);
        if (!best || gain > best.gain || (gain === best.gain && times < best.times)) best = { gain, times, value };
      }
      if (!best) throw new Error(`No value of ${String(key)} goes with ${JSON.stringify(row)}`);
      row = { ...row, [key]: best.value };
    }
    for (const [a, b] of pairsOfAxes) open.delete(nameOf(a, b, row));
    if (open.has(firstName)) throw new Error(`${firstName} cannot be covered`);
    for (const key of keys) {
      const name = JSON.stringify([key, row[key]]);
      used.set(name, (used.get(name) ?? 0) + 1);
    }
    rows.push(row as T);
  }
  return rows;
}
