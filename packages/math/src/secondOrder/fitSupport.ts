import { dot } from './factor.js';

/**
 * Makes (w - q) H (w - q)ᵀ least over the weights of q that are not 0, beginning with
 * those that are there, by conjugate gradients.
 */
export function fitSupport(w: Float64Array, q: Float64Array, h: Float64Array, size: number, iterations: number): void {
  const support: number[] = [];
  for (let j = 0; j < size; j++) if (q[j] !== 0) support.push(j);
  const count = support.length;
  if (count === size || count === 0) return;
  const sub = new Float64Array(count * count);
  const x = new Float64Array(count);
  const residual = new Float64Array(count);
  const difference = w.map((value, i) => value - q[i]);
  for (let i = 0; i < count; i++) {
    const row = support[i] * size;
    for (let j = 0; j < count; j++) sub[i * count + j] = h[row + support[j]];
    residual[i] = dot(h, row, difference, 0, size);
  }
  const scaled = new Float64Array(count);
  const precondition = () => {
    let sum = 0;
    for (let i = 0; i < count; i++) {
      scaled[i] = residual[i] / sub[i * count + i];
      sum += scaled[i] * residual[i];
    }
    return sum;
  };
  let power = precondition();
  const enough = power * 1e-10;
  const direction = scaled.slice();
  const image = new Float64Array(count);
  for (let step = 0; step < iterations && power > enough; step++) {
    for (let i = 0; i < count; i++) image[i] = dot(sub, i * count, direction, 0, count);
    const length = power / dot(direction, 0, image, 0, count);
    if (!(length > 0) || !Number.isFinite(length)) break;
    for (let i = 0; i < count; i++) {
      x[i] += length * direction[i];
      residual[i] -= length * image[i];
    }
    const next = precondition();
    for (let i = 0; i < count; i++) direction[i] = scaled[i] + (next / power) * direction[i];
    power = next;
  }
  for (let i = 0; i < count; i++) q[support[i]] += x[i];
}
