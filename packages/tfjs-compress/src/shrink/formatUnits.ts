import { alignColumns } from '@tfjs-compress/callbacks/internal';
import type { ShrinkRow } from './unitsOf.js';

/**
 * The rows of shrink as aligned text, the total last, without a final line break.
 *
 * ```js
 * console.log(formatUnits((await shrink(model)).rows));
 * ```
 */
export function formatUnits(rows: readonly ShrinkRow[]): string {
  const sum = (of: (row: ShrinkRow) => number) => String(rows.reduce((total, row) => total + of(row), 0));
  const table = alignColumns([
    ['layer', 'before', 'after'],
    ...rows.map(({ layer, before, after }) => [layer, String(before), String(after)]),
    ['total', sum(({ before }) => before), sum(({ after }) => after)],
  ]);
  const [header, rule, ...lines] = table.split('\n');
  const reasons = lines.map((line, i) => (rows[i]?.reason ? `${line}  ${rows[i].reason}` : line));
  return [header, rule, ...reasons].join('\n');
}
