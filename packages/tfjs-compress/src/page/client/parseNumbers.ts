/**
 * The numbers in a text: separated by commas, semicolons, spaces or lines, or as (nested)
 * JSON lists.
 *
 * @param count How many there have to be; null for any number.
 * @throws Error that says what is wrong, for the person who typed it.
 */
export function parseNumbers(text: string, count: number | null): Float32Array {
  const parts = text.split(/[\s,;[\]]+/).filter((part) => part !== '');
  const values = parts.map(Number);
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) throw new Error(`'${parts[wrong]}' is not a number.`);
  if (count !== null && values.length !== count)
    throw new Error(`${count} numbers are needed, there are ${values.length}.`);
  return Float32Array.from(values);
}
