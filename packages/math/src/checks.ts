/** The one wording of every bad-argument error: what the argument was, what was expected, what came. */
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

export function checkInteger(value: unknown, argument: string, min: number, max = Number.MAX_SAFE_INTEGER): void {
  const range = max === Number.MAX_SAFE_INTEGER ? `an integer ≥ ${min}` : `an integer from ${min} to ${max}`;
  check(Number.isInteger(value) && (value as number) >= min && (value as number) <= max, argument, range, value);
}

/** Throws on the first key of `options` that is not in `known`, naming the known key that is nearest to it. */
export function checkKnownOptions(options: object, known: readonly string[], owner: string): void {
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    const nearest = known.reduce((a, b) => (editDistance(key, a) <= editDistance(key, b) ? a : b));
    throw new Error(
      `${owner} has no option '${key}'. Did you mean '${nearest}'? Its options are: ${[...known].sort().join(', ')}.`,
    );
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
