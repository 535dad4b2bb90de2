/** Puts lines together from pieces of text. */
export class LineReader {
  private rest = '';

  constructor(private readonly onLine: (line: string) => void) {}

  write(text: string): void {
    const lines = (this.rest + text).split(/\r?\n|\r(?!$)/);
    this.rest = lines.pop()!;
    for (const line of lines) if (line) this.onLine(line);
  }

  end(): void {
    this.write('\n');
  }
}
