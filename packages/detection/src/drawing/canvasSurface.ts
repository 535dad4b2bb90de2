import type { Surface } from './Surface.js';

export type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** A canvas, its text `fontSize` pixels high. */
export function canvasSurface(context: Context, fontSize: number): Surface {
  const { width, height } = context.canvas;
  const use = (color: string) => {
    context.fillStyle = color;
    context.font = `bold ${fontSize}px sans-serif`;
    context.textBaseline = 'top';
  };
  const kept = (draw: () => void) => {
    context.save();
    draw();
    context.restore();
  };
  return {
    width,
    height,
    fill: (x, y, w, h, color) =>
      kept(() => {
        use(color);
        context.fillRect(x, y, w, h);
      }),
    measure(text) {
      let width = 0;
      kept(() => {
        use('#000000');
        width = context.measureText(text).width;
      });
      return { width, height: fontSize };
    },
    write: (text, x, y, color) =>
      kept(() => {
        use(color);
        context.fillText(text, x, y);
      }),
  };
}
