import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { random } from '../random.js';
import { damp, feedbackOf, inverseDiagonal, type Steps, shrinkProducts } from './factor.js';
import { pruneRows } from './pruneRows.js';
import { refitGain, refitRows } from './refitRows.js';
import { roundRows } from './roundRows.js';

function run<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** Σ x xᵀ of random, correlated inputs, damped, and rows of weights. */
function problem(seed: number, size: number, count = 3) {
  let counter = 0;
  const next = () => random(seed, counter++);
  const h = new Float64Array(size * size);
  for (let n = 0; n < 3 * size; n++) {
    const shared = next() - 0.5;
    const x = Array.from({ length: size }, (_, i) => (next() - 0.5 + 2 * shared) * (1 + (i % 3)));
    for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) h[i * size + j] += x[i] * x[j];
  }
  damp(h, size, 0.01);
  const rows = Array.from({ length: count }, () => Float64Array.from({ length: size }, () => 2 * next() - 1));
  return { h, size, rows };
}

const sizes = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.nat());
const quarter = (value: number) => Math.round(value * 4) / 4 + 0;

function error(h: Float64Array, size: number, w: ArrayLike<number>, q: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) sum += (w[i] - q[i]) * h[i * size + j] * (w[j] - q[j]);
  return sum;
}

/** By Gauss and Jordan. */
function inverse(h: Float64Array, size: number): number[][] {
  const rows = Array.from({ length: size }, (_, i) => [
    ...h.subarray(i * size, (i + 1) * size),
    ...Array.from({ length: size }, (_, j) => Number(i === j)),
  ]);
  for (let i = 0; i < size; i++) {
    const pivot = rows[i][i];
    rows[i] = rows[i].map((value) => value / pivot);
    for (let j = 0; j < size; j++) {
      if (j === i) continue;
      const factor = rows[j][i];
      rows[j] = rows[j].map((value, k) => value - factor * rows[i][k]);
    }
  }
  return rows.map((row) => row.slice(size));
}

/** OBQ in a fixed order, as GPTQ's paper writes it (Eq. 2 and 3). */
function gptq(h: Float64Array, size: number, row: Float64Array): Float64Array {
  const order = Array.from({ length: size }, (_, i) => i).sort((a, b) => h[b * size + b] - h[a * size + a] || a - b);
  const inv = inverse(h, size);
  const w = row.slice();
  for (const j of order) {
    const difference = (w[j] - quarter(w[j])) / inv[j][j];
    const column = inv.map((each) => each[j]);
    for (let i = 0; i < size; i++) w[i] -= difference * column[i];
    const pivot = inv[j][j];
    for (let a = 0; a < size; a++) for (let b = 0; b < size; b++) inv[a][b] -= (column[a] * column[b]) / pivot;
  }
  return w.map(quarter);
}

describe('second order', () => {
  it('factors a Hessian, and has the diagonal of its inverse', () => {
    fc.assert(
      fc.property(sizes, ([size, seed]) => {
        const { h } = problem(seed, size);
        const feedback = run(feedbackOf(h, size));
        const u = (i: number, j: number) => (i === j ? 1 : i < j ? feedback.columns[j * size + i] : 0);
        for (let i = 0; i < size; i++)
          for (let j = 0; j < size; j++) {
            let sum = 0;
            for (let k = 0; k < size; k++) sum += u(i, k) * feedback.diagonal[k] * u(j, k);
            expect(sum).toBeCloseTo(h[i * size + j], 8);
          }
        const diagonal = run(inverseDiagonal(feedback));
        for (const [i, row] of inverse(h, size).entries()) expect(diagonal[i]).toBeCloseTo(row[i], 8);
      }),
      { numRuns: 40 },
    );
  });

  it('takes a matrix that is not positive definite for one with a larger diagonal', () => {
    const { diagonal, columns } = run(feedbackOf(Float64Array.of(1, 2, 2, 1), 2));
    expect([...diagonal, ...columns].every(Number.isFinite)).toBe(true);
    expect(Math.min(...diagonal)).toBeGreaterThan(0);
  });

  it('damps, and gives inputs that are always 0 something to divide by', () => {
    const h = Float64Array.of(4, 0, 0, 0);
    expect(damp(h, 2, 0.5)).toBe(1);
    expect([...h]).toEqual([5, 0, 0, 1]);
    const odd = Float64Array.of(4, 3, 3, -1);
    damp(odd, 2, 0.5);
    expect([...odd]).toEqual([4.75, 0, 0, 0.75]);
    const zeros = new Float64Array(4);
    expect(damp(zeros, 2, 0.01)).toBe(2);
    expect([...zeros]).toEqual([1, 0, 0, 1]);
  });

  it('takes out products that are there by chance, and leaves those that are not', () => {
    const shareOf = (count: number, shared: number) => {
      let n = 0;
      const next = () => random(5, n++) + random(5, n++) - 1;
      const h = new Float64Array(64);
      for (let k = 0; k < count; k++) {
        const common = next();
        const x = Array.from({ length: 8 }, () => next() + shared * common);
        for (let i = 0; i < 8; i++) for (let j = 0; j < 8; j++) h[i * 8 + j] += x[i] * x[j];
      }
      const before = h.slice();
      const share = shrinkProducts(h, 8, count);
      for (let i = 0; i < 64; i++) expect(h[i]).toBeCloseTo(before[i] * (i % 9 === 0 ? 1 : 1 - share), 10);
      return share;
    };
    expect(shareOf(1, 1)).toBe(1);
    expect(shareOf(40, 0)).toBeGreaterThan(0.7);
    expect(shareOf(40, 2)).toBeLessThan(0.1);
    expect(shareOf(4000, 2)).toBeLessThan(0.001);
    expect(shrinkProducts(Float64Array.of(2, 1, 1, 2), 2, 1e6, 0.3)).toBe(0.3);
  });

  it('refits rows to inputs that have drifted: no row is nearer to what was computed', () => {
    fc.assert(
      fc.property(sizes, ([size, seed]) => {
        let n = 0;
        const next = () => 2 * random(seed, n++) - 1;
        const list = (length: number) => Float64Array.from({ length }, next);
        const before = Array.from({ length: 4 * size }, () => list(size));
        const now = before.map((x) => x.map((value) => value + 0.3 * next()));
        const [h, drift] = [new Float64Array(size * size), new Float64Array(size * size)];
        for (const [k, x] of now.entries())
          for (let i = 0; i < size; i++)
            for (let j = 0; j < size; j++) {
              h[i * size + j] += x[i] * x[j];
              drift[i * size + j] += x[i] * (before[k][j] - x[j]);
            }
        const product = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * b[i], 0);
        const apart = (w: Float64Array, q: Float64Array) =>
          before.reduce((sum, x, k) => sum + (product(w, x) - product(q, now[k])) ** 2, 0);
        // Of the second row every third weight is pruned, and stays so.
        const rows = [list(size), list(size).map((weight, i) => (i % 3 === 1 ? 0 : weight))];
        for (const [r, fitted] of run(refitRows(h, drift, size, rows)).entries()) {
          const least = apart(rows[r], fitted);
          expect(least).toBeLessThanOrEqual(apart(rows[r], rows[r]) + 1e-9);
          for (let i = 0; i < size; i++)
            if (rows[r][i] === 0) expect(fitted[i]).toBe(0);
            else
              for (const step of [-0.01, 0.01]) {
                const other = fitted.slice();
                other[i] += step;
                expect(apart(rows[r], other)).toBeGreaterThan(least);
              }
        }
        expect(run(refitRows(h, new Float64Array(size * size), size, rows))).toEqual(rows);
      }),
      { numRuns: 25 },
    );
  });

  it('makes up for what is measured beside the drift, and for a share of it', () => {
    fc.assert(
      fc.property(sizes, ([size, seed]) => {
        const { h, rows } = problem(seed, size);
        // What lacks is a product with the inputs, which can be made up for wholly.
        const lacks = problem(seed + 1, size).rows;
        const image = (v: Float64Array) =>
          v.map((_, i) => v.reduce((sum, value, j) => sum + h[i * size + j] * value, 0));
        const shortfalls = lacks.map(image);
        const none = new Float64Array(size * size);
        for (const share of [0, 0.25, 1])
          for (const [n, row] of run(refitRows(h, none, size, rows, { shortfalls, share })).entries())
            for (let i = 0; i < size; i++) expect(row[i]).toBeCloseTo(rows[n][i] + share * lacks[n][i], 6);
        const part = { h, drift: none, rows, shortfalls };
        const [gain, power] = run(refitGain(part, part, size));
        expect(gain / power).toBeCloseTo(1, 6);
        const other = { ...part, shortfalls: lacks.map((v) => image(v).map((value) => 0.4 * value)) };
        const [less, same] = run(refitGain(part, other, size));
        expect(less / same).toBeCloseTo(0.4, 6);
        expect(run(refitGain({ ...part, shortfalls: undefined }, part, size))).toEqual([0, 0]);
      }),
      { numRuns: 25 },
    );
  });

  it('rounds as GPTQ does, or each weight by itself where that is nearer, if nothing moves afterwards', () => {
    fc.assert(
      fc.property(sizes, ([size, seed]) => {
        const { h, rows } = problem(seed, size);
        for (const [n, { levels }] of run(roundRows(h, size, rows, quarter, { sweeps: 0 })).entries()) {
          const [fed, plain] = [gptq(h, size, rows[n]), rows[n].map(quarter)];
          const isPlain = error(h, size, rows[n], plain) < error(h, size, rows[n], fed) - 1e-12;
          expect([...levels]).toEqual([...(isPlain ? plain : fed)]);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('errs less than rounding each weight by itself, and with no correlation just as that', () => {
    let [ours, plain] = [0, 0];
    for (let seed = 0; seed < 20; seed++) {
      const { h, size, rows } = problem(seed, 10);
      for (const [n, rounded] of run(roundRows(h, size, rows, quarter)).entries()) {
        expect(rounded.error).toBeCloseTo(error(h, size, rows[n], rounded.levels), 6);
        ours += rounded.error;
        plain += error(h, size, rows[n], rows[n].map(quarter));
      }
    }
    expect(ours).toBeLessThan(0.3 * plain);
    const { rows } = problem(1, 8);
    const diagonal = new Float64Array(64);
    for (let i = 0; i < 8; i++) diagonal[i * 9] = 1 + i;
    for (const [n, { levels }] of run(roundRows(diagonal, 8, rows, quarter)).entries())
      expect([...levels]).toEqual([...rows[n].map(quarter)]);
  });

  it('leaves what is 0 as it is, and errs no more than rounding each weight by itself', () => {
    fc.assert(
      fc.property(sizes, ([size, seed]) => {
        const { h, rows } = problem(seed, size);
        const pruned = rows.map((row, n) => row.map((weight, i) => (random(seed, n, i) < 0.5 ? 0 : weight)));
        for (const [n, rounded] of run(roundRows(h, size, pruned, quarter)).entries()) {
          for (let i = 0; i < size; i++) if (pruned[n][i] === 0) expect(rounded.levels[i]).toBe(0);
          expect(rounded.error).toBeLessThanOrEqual(error(h, size, pruned[n], pruned[n].map(quarter)) + 1e-9);
        }
      }),
    );
  });

  it('chooses a scale for each row', () => {
    const { h, size } = problem(3, 6);
    const exact = Float64Array.of(1, 2, -3, 0, 2, 1).map((level) => level * 0.37);
    const scales = () => [0.2, 0.36, 0.5];
    const [{ levels, scale }] = run(roundRows(h, size, [exact], Math.round, { scales }));
    expect(scale).toBeCloseTo(0.37, 6);
    expect([...levels]).toEqual([1, 2, -3, 0, 2, 1]);
  });

  it('prunes one weight as Optimal Brain Surgeon does', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const size = 8;
        const { h, rows } = problem(seed, size, 1);
        const inv = inverse(h, size);
        const [w] = rows;
        const losses = [...w].map((value, j) => value ** 2 / inv[j][j]);
        const p = losses.indexOf(Math.min(...losses));
        const expected = w.map((value, j) => value - (w[p] / inv[p][p]) * inv[p][j]);
        const [[pruned]] = run(pruneRows([{ h, size, rows }], 1 / size));
        for (let j = 0; j < size; j++) expect(pruned[j]).toBeCloseTo(expected[j], 4);
      }),
      { numRuns: 30 },
    );
  });

  it('prunes the share asked for, over all groups together, and what is left is the least squares solution', () => {
    fc.assert(
      fc.property(fc.nat(), fc.double({ min: 0, max: 0.9, noNaN: true }), (seed, sparsity) => {
        const groups = [problem(seed, 9), problem(seed + 1, 5)];
        const pruned = run(pruneRows(groups, sparsity));
        const all = pruned.flat().flatMap((row) => [...row]);
        expect(all.filter((value) => value === 0).length).toBe(Math.round(sparsity * all.length));
        for (const [g, { h, size, rows }] of groups.entries())
          for (const [n, q] of pruned[g].entries())
            for (let i = 0; i < size; i++) {
              if (q[i] === 0) continue;
              let gradient = 0;
              for (let j = 0; j < size; j++) gradient += h[i * size + j] * (rows[n][j] - q[j]);
              expect(Math.abs(gradient) / h[i * size + i]).toBeLessThan(1e-3);
            }
      }),
      { numRuns: 25 },
    );
    expect(() => run(pruneRows([problem(1, 3)], 1))).toThrow(
      /sparsity: expected a share from 0 to below 1, received 1/,
    );
  });
});
