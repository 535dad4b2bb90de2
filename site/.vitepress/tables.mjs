import { readFileSync } from 'node:fs';

/** Tables that a text names by `<!-- table: sizes -->`, in Markdown, from what commands and tests hold. */
export const tables = { sizes, platforms };

const read = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));

/** The size budgets that `npm run size` holds, of what a page loads. */
function sizes() {
  return tableOf(
    ['what', 'at most'],
    read('../../.size-limit.json').map(({ name, limit }) => [name, limit]),
  );
}

/** What scripts/platforms.mjs wrote after a run of all tests. */
function platforms() {
  const { date, system, rows } = read('../platforms.json');
  const result = ({ passed, failed }) =>
    failed ? `${failed} of ${passed + failed} failed` : passed ? `${passed} passed` : '–';
  const lines = rows.map((row) => [row.name, row.version ?? '', row.what, result(row)]);
  return `${date}, ${system}:\n\n${tableOf(['platform', 'version', 'what is tested', 'tests'], lines)}`;
}

function tableOf(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
