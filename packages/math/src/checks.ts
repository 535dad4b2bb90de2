/**
 * The one wording of every bad-argument error: what the argument was, what was expected,
 * what came.
 *
 * ```js
 * try {
 *   polynomialDecay({ initialValue: 0, finalValue: 1, beginStep: 5, endStep: 5 });
 * } catch (error) {
 *   console.log(error instanceof ArgumentError, error.message); // → true endStep: expected more than beginStep (5), received 5.
 * }
 * ```
 */
export class ArgumentError extends Error {
  override name = 'ArgumentError';
  constructor(argument: string, expected: string, received: unknown) {
    super(`${argument}: expected ${expected}, received ${show(received)}.`);
  }
}

/** Throws an ArgumentError unless `ok`. */
export function check(ok: boolean, argument: string, expected: string, received: unknown): asserts ok {
  if (!ok) throw new ArgumentError(argument, expected, received);
}

/** @throws ArgumentError unless `value` is an integer from `min` to `max`. */
export function checkInteger(value: unknown, argument: string, min: number, max = Number.MAX_SAFE_INTEGER): void {
  const range = max === Number.MAX_SAFE_INTEGER ? `an integer ≥ ${min}` : `an integer from ${min} to ${max}`;
  check(Number.isInteger(value) && (value as number) >= min && (value as number) <= max, argument, range, value);
}

/** @throws ArgumentError unless `value` is one of `choices`. */
export function checkOneOf(value: unknown, choices: readonly unknown[], argument: string): void {
  const shown = choices.map(show);
  const last = shown.pop();
  const expected = shown.length > 0 ? `${shown.join(', ')} or ${last}` : `${last}`;
  check(choices.includes(value), argument, expected, value);
}

/** @throws ArgumentError unless `signal` is undefined or an AbortSignal, of any realm. */
export function checkSignal(signal: AbortSignal | undefined): void {
  check(signal === undefined || typeof signal?.aborted === 'boolean', 'signal', 'an AbortSignal', signal);
}

/**
 * Options as they are used: the given ones, those that are undefined left out, over the
 * defaults.
 *
 * @param defaults Has every option as a key, undefined where there is no default.
 * @throws Error for an option that `defaults` does not have, ArgumentError when `given`
 *   is not an object.
 */
export function resolveOptions<T extends object>(owner: string, given: Partial<T>, defaults: T): T {
  check(given !== null && typeof given === 'object' && !Array.isArray(given), owner, 'an object of options', given);
  checkKnownOptions(given, Object.keys(defaults), owner);
  const defined = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(defined) };
}

/**
 * Throws on the first key of `options` that is not in `known`, naming the known key that
 * is nearest to it.
 */
export function checkKnownOptions(options: object, known: readonly string[], owner: string): void {
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    const begun = known.find((option) => key.length > 1 && option.toLowerCase().startsWith(key.toLowerCase()));
    const nearest = begun ?? known.reduce((a, b) => (editDistance(key, a) <= editDistance(key, b) ? a : b));
    throw new Error(
      `${owner} has no option '${key}'. Did you mean '${nearest}'? Its options are: ${[...known].sort().join(', ')}.`,
    );
  }
}

/**
 * For options that stand among others which are not ours to check: throws on a key that
 * is nearly one of `known`.
 */
export function checkNearMiss(options: object, known: readonly string[], owner: string): void {
  for (const key of Object.keys(options)) {
    const meant = known.find((option) => option !== key && option.length > 4 && editDistance(key, option) <= 2);
    if (meant) throw new Error(`${owner} has no option '${key}'. Did you mean '${meant}'?`);
  }
}

function show(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`;
  if (typeof value === 'function') return `the function ${value.name || '(anonymous)'}`;
  if (value !== null && typeof value === 'object') {
    const name = value.constructor?.name ?? 'Object';
    return name === 'Object' ? JSON.stringify(value) : `an instance of ${name}`;
  }
  return String(value);
}

/** Levenshtein distance, case ignored. */
function editDistance(a: string, b: string): number {
  const [x, y] = [a.toLowerCase(), b.toLowerCase()];
  let row = Array.from({ length: y.length + 1 }, (_, j) => j);
  for (let i = 1; i <= x.length; i++) {
    const next = [i];
    for (let j = 1; j <= y.length; j++) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (x[i - 1] === y[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[y.length];
}
