import type { Operation } from './Operation.js';

/**
 * The words of a program: see Op.ts. Buffers have their addresses; a word of 0 ends it.
 */
export function encode(operations: Operation[]): Uint32Array {
  const count = operations.reduce(
    (sum, { parameters, body }) => sum + 2 + parameters.length + (body === undefined ? 0 : 1),
    2,
  );
  const words = new Uint32Array(count);
  const floats = new Float32Array(words.buffer);
  let at = 0;
  const loops: { end: number; at: number }[] = [];
  operations.forEach(({ code, parameters, body }, index) => {
    while (loops.at(-1)?.end === index) close();
    words[at++] = code;
    words[at++] = parameters.length + (body === undefined ? 0 : 1);
    for (const parameter of parameters) {
      if (typeof parameter === 'number') words[at] = parameter;
      else if ('float' in parameter) floats[at] = parameter.float;
      else words[at] = parameter.buffer.address + parameter.offset;
      at++;
    }
    if (body !== undefined) loops.push({ end: index + 1 + body, at: at++ });
  });
  while (loops.length > 0) close();
  return words;

  function close(): void {
    const loop = loops.pop()!;
    words[loop.at] = at - loop.at - 1;
  }
}
