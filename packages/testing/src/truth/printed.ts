/** Runs `body` and returns what it printed by console.log, warn, info and error. */
export async function printedBy(body: () => Promise<void>): Promise<string> {
  const lines: string[] = [];
  const names = ['log', 'warn', 'info', 'error'] as const;
  const originals = names.map((name) => console[name]);
  for (const name of names) console[name] = (...args: unknown[]) => void lines.push(args.map(String).join(' '));
  try {
    await body();
  } finally {
    names.forEach((name, i) => {
      console[name] = originals[i];
    });
  }
  return lines.join('\n');
}

export interface TableRow {
  path: string;
  weights: number;
  /** Per cent, as printed. */
  remaining: string;
  /** '-' where there are more than a listable number. */
  levels: string;
}

/**
 * The rows of the last table in a text, without the total. Columns are found by their
 * heading.
 */
export function lastTable(text: string): { rows: TableRow[]; total?: TableRow } | undefined {
  const lines = text.split('\n');
  const start = lines.findLastIndex((line) => /^kernel\s/.test(line) && /remaining/.test(line));
  if (start < 0) return undefined;
  const split = (line: string) => line.trim().split(/\s{2,}/);
  const heading = split(lines[start]);
  const column = (name: string) => heading.indexOf(name);
  const rows: TableRow[] = [];
  for (const line of lines.slice(start + 2)) {
    const cells = split(line);
    if (cells.length !== heading.length) break;
    const number = (name: string) => Number(cells[column(name)]?.replaceAll(',', ''));
    rows.push({
      path: cells[0],
      weights: number('weights'),
      remaining: cells[column('remaining')],
      levels: cells[column('levels')] ?? '-',
    });
  }
  const total = rows.find(({ path }) => path === 'total');
  return { rows: rows.filter((row) => row !== total), total };
}
