/**
 * The numbers in a text: separated by commas, semicolons, spaces or lines, or as (nested) JSON lists.
 *
 * @throws Error that says what is wrong, for the person who typed it.
 */
export function parseNumbers(text: string, count: number | undefined): Float32Array {
  const parts = text.split(/[\s,;[\]]+/).filter((part) => part !== '');
  const values = parts.map(Number);
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) throw new Error(`'${parts[wrong]}' is not a number.`);
  if (count === undefined && values.length === 0) throw new Error('No numbers yet.');
  if (count !== undefined && values.length !== count)
    throw new Error(`${count} numbers are needed, there are ${values.length}.`);
  return Float32Array.from(values);
}
