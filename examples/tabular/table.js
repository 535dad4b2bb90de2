import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';

/**
 * Reads a CSV file with a header. Columns of numbers stay as they are; a column of words
 * becomes one column of 0 and 1 for each word, such as "origin=Japan", and is left out
 * when it has more than 12 words (names). Rows that lack a value are left out.
 *
 * Returns { names of the columns, rows of their values, targets }. Throws an Error that
 * says what is wrong with the file.
 */
export function readTable(file, target) {
  const records = parse(readFileSync(file, 'utf8'), { columns: true, bom: true, trim: true });
  const header = Object.keys(records[0] ?? {});
  if (!header.includes(target)) throw new Error(`${file} has no column '${target}'; it has ${header.join(', ')}.`);
  const all = records.filter((record) => header.every((column) => record[column] !== ''));
  if (all.length < 50) throw new Error(`${file}: expected at least 50 rows without gaps, found ${all.length}.`);
  const wrong = all.find((record) => !isNumber(record[target]));
  if (wrong) throw new Error(`${file}: column '${target}' is to hold numbers, found '${wrong[target]}'.`);
  const columns = header.filter((column) => column !== target).flatMap((column) => columnsOf(column, all));
  return {
    names: columns.map(({ name }) => name),
    rows: all.map((record) => columns.map(({ value }) => value(record))),
    targets: all.map((record) => Number(record[target])),
  };
}

function columnsOf(column, records) {
  if (records.every((record) => isNumber(record[column])))
    return [{ name: column, value: (record) => Number(record[column]) }];
  const words = [...new Set(records.map((record) => record[column]))].sort();
  if (words.length > 12) return [];
  return words.map((word) => ({ name: `${column}=${word}`, value: (record) => Number(record[column] === word) }));
}

function isNumber(text) {
  return text !== '' && Number.isFinite(Number(text));
}
