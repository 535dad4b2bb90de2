/** Where each weight of a kernel has its pixel. */
export interface Layout {
  rows: number;
  columns: number;
  at(index: number): { row: number; column: number };
}

/**
 * Of a convolution's kernel [height, width, inputs, outputs] each input and output is a
 * tile, with a pixel between tiles; outputs go across. A single input has its outputs in
 * two rows. A dense kernel [inputs, outputs] is a matrix that lies on its longer side.
 */
export function layout(shape: number[]): Layout {
  if (shape.length === 2) {
    const [inputs, outputs] = shape;
    return {
      rows: outputs,
      columns: inputs,
      at: (index) => ({ row: index % outputs, column: Math.floor(index / outputs) }),
    };
  }
  const [height, width, inputs, outputs] = shape;
  const across = inputs === 1 ? Math.ceil(outputs / 2) : outputs;
  const down = (inputs * outputs) / across;
  return {
    rows: down * (height + 1) - 1,
    columns: across * (width + 1) - 1,
    at(index) {
      const output = index % outputs;
      const input = Math.floor(index / outputs) % inputs;
      const place = Math.floor(index / (outputs * inputs));
      const tile = inputs === 1 ? Math.floor(output / across) : input;
      return {
        row: tile * (height + 1) + Math.floor(place / width),
        column: (output % across) * (width + 1) + (place % width),
      };
    },
  };
}
