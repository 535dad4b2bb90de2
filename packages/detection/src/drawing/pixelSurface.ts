import { glyphHeight, glyphsOf, glyphWidth } from './font.js';
import type { Surface } from './Surface.js';

/**
 * Bytes red, green, blue, alpha. `scale` is the side of a dot of the letters in pixels.
 */
export function pixelSurface(data: Uint8ClampedArray, width: number, height: number, scale: number): Surface {
  const fill: Surface['fill'] = (x, y, w, h, color) => {
    const value = Number.parseInt(color.slice(1), 16);
    const clamp = (v: number, max: number) => Math.min(Math.max(Math.round(v), 0), max);
    const [left, right] = [clamp(x, width), clamp(x + w, width)];
    for (let row = clamp(y, height); row < clamp(y + h, height); row++) {
      for (let column = left; column < right; column++) {
        const at = 4 * (row * width + column);
        data[at] = value >> 16;
        data[at + 1] = (value >> 8) & 255;
        data[at + 2] = value & 255;
        data[at + 3] = 255;
      }
    }
  };
  const advance = (glyphWidth + 1) * scale;
  return {
    width,
    height,
    fill,
    measure: (text) => ({ width: glyphsOf(text).length * advance - scale, height: glyphHeight * scale }),
    write(text, x, y, color) {
      glyphsOf(text).forEach((rows, i) => {
        rows.forEach((row, j) => {
          [...row].forEach((dot, k) => {
            if (dot === '#') fill(x + i * advance + k * scale, y + j * scale, scale, scale, color);
          });
        });
      });
    },
  };
}
