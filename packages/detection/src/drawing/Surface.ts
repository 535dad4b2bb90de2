/** What boxes and labels are drawn on. Colors are '#rrggbb'. */
export interface Surface {
  width: number;
  height: number;
  fill(x: number, y: number, width: number, height: number, color: string): void;
  /** Height of a line of text, and the width of this one. */
  measure(text: string): { width: number; height: number };
  /** `x`, `y` is its left top. */
  write(text: string, x: number, y: number, color: string): void;
}
