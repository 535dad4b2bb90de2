/** Far apart, also for most color-blind people; light and dark ones take turns. */
const palette = [
  '#e6194b',
  '#3cb4e6',
  '#ffb000',
  '#3a4cc0',
  '#4caf50',
  '#b4469b',
  '#ff7f2a',
  '#00857c',
  '#c8c800',
  '#8c564b',
];

/** The color of the class at that place among the classes. */
export function colorAt(index: number): string {
  return palette[index % palette.length];
}

/** The same for a name every time, where its place is unknown. */
export function colorOfName(name: string): string {
  let hash = 0;
  for (const letter of name) hash = (Math.imul(hash, 31) + (letter.codePointAt(0) as number)) >>> 0;
  return colorAt(hash);
}

/** Black or white: what can be read on a color (relative luminance of WCAG 2). */
export function inkOn(color: string): string {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? '#000000' : '#ffffff';
}
