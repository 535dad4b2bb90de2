/**
 * What a decoder is told: checked here, since it has no dependency that would do it.
 *
 * @throws Error for an option that is not in `known`, and for a maxBytes that is not a
 *   number of bytes.
 */
export function checkOptions(options: { maxBytes?: number }, known: string): void {
  for (const key in options) {
    if (!known.split(', ').includes(key)) throw new Error(`there is no option '${key}': expected ${known}.`);
  }
  const { maxBytes = 0 } = options;
  if (typeof maxBytes !== 'number' || !(maxBytes >= 0)) {
    throw new Error(`maxBytes: expected a number ≥ 0, received ${JSON.stringify(maxBytes)}.`);
  }
}
