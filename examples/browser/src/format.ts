/** KB are 1,024 bytes, as in all of the project's figures. */
export function kilobytes(bytes: number): string {
  const value = bytes / 1024;
  return `${value < 100 ? value.toFixed(1) : Math.round(value).toLocaleString('en-US')} KB`;
}

export function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(1)}%`;
}

/** A time that nobody takes for exact. */
export function aboutSeconds(seconds: number): string {
  if (seconds < 5) return 'a few seconds';
  if (seconds < 55) return `${5 * Math.ceil(seconds / 5)} s`;
  if (seconds < 100) return `${10 * Math.ceil(seconds / 10)} s`;
  return `${Math.round(seconds / 60)} minutes`;
}
