import { readFileSync } from 'node:fs';
import { testedPlatforms } from './platforms.mjs';

/**
 * Tables that a text names by `<!-- table: sizes -->`, in Markdown, from what commands
 * and tests hold.
 */
export const tables = { sizes, platforms };

const read = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));

/** The size budgets that `npm run size` holds, of what a page loads. */
function sizes() {
  return tableOf(
    ['what', 'at most'],
    read('../../.size-limit.json').map(({ name, limit }) => [name, limit]),
  );
}

/** What the last run of all tests on this machine tested. */
function platforms() {
  const tested = testedPlatforms();
  if (!tested) return 'This site was built where no tests had run: `.ci/run` runs them all, then builds it.';
  const result = ({ passed, failed }) =>
    failed ? `${failed} of ${passed + failed} failed` : passed ? `${passed} passed` : '–';
  const lines = tested.rows.map((row) => [row.name, row.version ?? '', row.what, result(row)]);
  const head = ['platform', 'version', 'what is tested', 'tests'];
  return `${tested.date}, ${process.platform}:\n\n${tableOf(head, lines)}`;
}

function tableOf(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
