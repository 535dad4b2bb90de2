import type { Lowered } from '../lower/lowerGraph.js';
import { type Instance, Program } from '../program/Program.js';

/** Programs that are kept: images of both formats, batches of a few sizes. */
const KEPT = 4;

/** A part of a detector, as programs for inputs of some shapes. */
export class Stage {
  private readonly programs: { key: string; program: Program }[] = [];

  /** @param build The operations for an input of a shape. */
  constructor(
    private readonly instance: Instance,
    private readonly build: (shape: number[]) => Lowered,
  ) {}

  /**
   * The outputs for an input; the next run of any stage of the shape writes into the same
   * arrays.
   */
  run(input: Float32Array, shape: number[]): Float32Array[] {
    const { programs, instance } = this;
    const key = `${shape}`;
    const at = programs.findIndex((one) => one.key === key);
    if (at >= 0) programs.unshift(...programs.splice(at, 1));
    else {
      const { builder, inputs, outputs } = this.build(shape);
      if (programs.length === KEPT) programs.pop()!.program.dispose();
      const names = outputs.map((_, i) => `${i}`);
      programs.unshift({ key, program: new Program(instance, builder, inputs, outputs, names) });
    }
    const [{ program }] = programs;
    program.run([input]);
    const { result } = program;
    return result instanceof Float32Array ? [result] : Object.values(result);
  }
}
