/**
 * A line on stderr, in place of a bar that may be there; the bar is drawn again below.
 */
export function say(line: string): void {
  process.stderr.write(`${process.stderr.isTTY ? '\r\u001b[K' : ''}${line}\n`);
}
