import type { io } from '@tensorflow/tfjs-core';
import { smallModel } from '@tfjs-compress/testing';
import { describe, expect, it } from 'vitest';
import { joinHistories } from './history.js';
import { makeReport } from './makeReport.js';
import { mask } from './mask.js';
import { showReport } from './showReport.js';

/** `values` by name, each a kernel of the shape given. */
function artifacts(kernels: Record<string, [number[], Float32Array]>): io.ModelArtifacts {
  const all = Object.values(kernels).flatMap(([, values]) => [...values]);
  return {
    modelTopology: {},
    weightSpecs: Object.entries(kernels).map(([name, [shape]]) => ({ name, shape, dtype: 'float32' })),
    weightData: Float32Array.from(all).buffer,
  };
}
const count = (text: string, part: string) => text.split(part).length - 1;

describe('makeReport', () => {
  it('takes a model, and shows its figures without a history, too', async () => {
    const { html, figures } = await makeReport(smallModel());
    expect(figures.map(({ name }) => name)).toEqual([
      'bytes',
      'parameters',
      'histogram.a_kernel',
      'mask.a_kernel',
      'histogram.b_kernel',
      'mask.b_kernel',
    ]);
    expect(html).toContain('<title>Compressed model</title>');
    expect(html).toContain('multiply-adds by non-zeros');
    for (const { svg } of figures) expect(svg).toMatch(/^<svg[^>]* xmlns="http:\/\/www.w3.org\/2000\/svg"/);
  });

  it('compares with the original where units, or a layer, were taken out', async () => {
    const original = artifacts({
      'a/kernel': [[10, 10], new Float32Array(100).fill(1)],
      'b/kernel': [[10, 1], new Float32Array(10).fill(1)],
    });
    const small = artifacts({ 'a/kernel': [[10, 5], new Float32Array(50).fill(2)] });
    const alone = await makeReport(small);
    expect(alone.html).toContain('of 200 B as float32');
    const { html, figures } = await makeReport(small, { original });
    expect(html).toContain('of 440 B as float32');
    expect(html).toMatch(/<b>45\.\d+%<\/b> of 110 kernel weights left/);
    const parameters = figures.find(({ name }) => name === 'parameters')!.svg;
    expect(parameters).toContain('a: 100');
    expect(parameters).toContain('b: 10');
    expect(parameters).toContain('0.0%');
  });

  it('marks the steps of surgery and INQ in the figures of training', async () => {
    const surgery = { val_acc: [0.8, 0.9], sparsity: [0.3, 0.5], pruned: [10, 0], spliced: [0, 0] };
    const inq = { history: { val_acc: [0.9, 0.9, 0.9], inq_step: [1, 1, 2], quantized: [0.5, 0.5, 1] } };
    const { figures } = await makeReport(smallModel(), { history: [surgery, inq] });
    const accuracy = figures.find(({ name }) => name === 'accuracy')!.svg;
    expect(accuracy).toContain('val_acc');
    // Steps 1 and 2, one epoch with surgery, one border between trainings.
    expect(count(accuracy.match(/<g[^>]*stroke-dasharray[^>]*>.*?<\/g>/)?.[0] ?? '', '<line')).toBe(2);
    expect(count(accuracy, '<circle')).toBe(1);
    expect(figures.map(({ name }) => name).slice(0, 3)).toEqual(['accuracy', 'sparsity', 'surgery']);
  });

  it('shows losses where there are no accuracies', async () => {
    const { figures } = await makeReport(smallModel(), { history: { loss: [2, 1], val_loss: [2, 1.5] } });
    expect(figures[0].name).toBe('loss');
  });

  it('shows the accuracy and the loss of each of several outputs', async () => {
    const history = { loss: [3, 2], val_loss: [3, 2.5] };
    for (const key of ['a', 'val_a', 'b_2', 'val_b_2'])
      Object.assign(history, { [`${key}_acc`]: [0.5, 0.6], [`${key}_loss`]: [1, 1] });
    const { figures } = await makeReport(smallModel(), { history });
    const training = figures.filter(({ name }) => /^(accuracy|loss)/.test(name));
    expect(training.map(({ name, title }) => [name, title])).toEqual([
      ['accuracy.a', 'Accuracy over epochs, output a'],
      ['accuracy.b_2', 'Accuracy over epochs, output b_2'],
      ['loss', 'Loss over epochs'],
      ['loss.a', 'Loss over epochs, output a'],
      ['loss.b_2', 'Loss over epochs, output b_2'],
    ]);
    for (const { svg } of training) expect(svg).toContain('val_');
    expect(training[1].svg).toContain('val_b_2_acc');
    expect(training[1].svg).not.toContain('val_a_acc');
  });

  it('names that would make one file name make two, and SVG files are XML', async () => {
    const values = (): [number[], Float32Array] => [[2, 2], new Float32Array([1, 0, 2, 0.5])];
    const { figures } = await makeReport(
      artifacts({
        'a/b&c/kernel': values(),
        'a_b_c_kernel/kernel': values(),
        'a/b_c/kernel': values(),
        'A/b_c/kernel': values(),
      }),
    );
    const names = figures.map(({ name }) => name.toLowerCase());
    expect(new Set(names).size).toBe(names.length);
    for (const { svg } of figures) expect(svg.match(/&(?!#\d+;|amp;|lt;|gt;|quot;)/g)).toBeNull();
  });

  it('can be read by a screen reader: one main part, images with one name each, a table with headers', async () => {
    const { html } = await makeReport(smallModel(), { history: { acc: [0.5, 0.75] } });
    expect(count(html, '<main>')).toBe(1);
    expect(html).not.toMatch(/<g [^>]*aria-label/);
    expect(html).toMatch(/<th scope="col">layer<\/th>/);
    expect(html).toMatch(/<th scope="row">a<\/th>/);
    // A line in the color of areas would be 1.8:1 on white.
    expect(html).not.toContain('stroke="var(--before, ');
  });

  it('escapes names, and stands alone', async () => {
    const hostile = artifacts({ '<img src=x onerror=alert(1)>/kernel': [[2, 2], new Float32Array([1, 0, 2, 0.5])] });
    const { html } = await makeReport(hostile, { title: '<script>' });
    expect(html).not.toMatch(/<img|<script/);
    expect(html).not.toMatch(/(src|href)="|@import|url\(/);
  });

  it('refuses what it does not know', async () => {
    await expect(makeReport(smallModel(), { histroy: [] } as never)).rejects.toThrow("Did you mean 'history'?");
    await expect(makeReport(smallModel(), { history: [3] as never })).rejects.toThrow(
      'history: expected what model.fit',
    );
    await expect(showReport(smallModel(), {} as never)).rejects.toThrow('visor: expected tfvis.visor()');
  });

  it('stays small and complete with 100 layers', async () => {
    const kernel = (): [number[], Float32Array] => [
      [3, 3, 4, 8],
      Float32Array.from({ length: 288 }, (_, i) => (i % 5 ? 0 : 2 ** -(i % 3))),
    ];
    const layers = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`block${i}/kernel`, kernel()]));
    const { html, figures } = await makeReport(artifacts(layers));
    expect(figures.length).toBe(202);
    expect(count(html, '<details open>')).toBe(8);
    expect(html.length).toBeLessThan(2_000_000);
    for (const i of [0, 99]) expect(figures[0].svg).toContain(`block${i}<`);
  });

  it('has a mark for each level of a quantized kernel, and bars without marks for others', async () => {
    const levels = Float32Array.from({ length: 400 }, (_, i) => [0, 0.5, -0.25, 0.125][i % 4]);
    const floats = Float32Array.from({ length: 400 }, (_, i) => Math.sin(i + 1));
    const { figures } = await makeReport(artifacts({ 'a/kernel': [[20, 20], levels], 'b/kernel': [[20, 20], floats] }));
    const [a, b] = ['a', 'b'].map((name) => figures.find((each) => each.name === `histogram.${name}_kernel`)!.svg);
    expect(count(a, '<circle')).toBe(3);
    expect(a).toContain('2⁻³');
    expect(count(b, '<circle')).toBe(0);
    expect(count(b, '<rect')).toBeGreaterThan(30);
  });
});

describe('mask', () => {
  const weight = (shape: number[], at: number[]) => {
    const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
    for (const i of at) values[i] = 1;
    const [path, tfjsName] = ['a/kernel', 'a/kernel'];
    return {
      name: 'a/kernel',
      layer: 'a',
      path,
      tfjsName,
      shape,
      values,
      isCompressible: true,
      index: 0,
      file: 'a_kernel',
    };
  };

  it('draws a dense kernel as a matrix, its longer side lying', () => {
    expect(mask(weight([2, 3], [5]), 100).svg).toContain('viewBox="0 0 3 2"');
    expect(mask(weight([2, 3], [5]), 100).svg).toContain('d="M2 1.5h1"');
    expect(mask(weight([3, 2], [5]), 100).svg).toContain('d="M2 1.5h1"');
  });

  it('draws a convolution as tiles of height × width', () => {
    // Row 1, column 0 of the tile of input 0 and output 1.
    const { svg } = mask(weight([2, 2, 1, 3], [2 * 3 + 1]), 100);
    expect(svg).toContain('viewBox="0 0 6 2"');
    expect(svg).toContain('d="M2 1.5h1"');
  });

  it('draws a convolution in three dimensions with its depths one below the other, in its own tile', () => {
    // Depth 1, row 0, column 1 of the tile of input 1 and output 0: the third line of its
    // four, below the four of input 0.
    const { svg } = mask(weight([2, 2, 2, 2, 5], [(4 + 1) * 10 + 5]), 1000);
    expect(svg).toContain('viewBox="0 0 10 8"');
    expect(svg).toContain('d="M1 6.5h1"');
    const full = mask(
      weight(
        [2, 2, 2, 2, 5],
        Array.from({ length: 80 }, (_, i) => i),
      ),
      1000,
    ).svg;
    expect(count(full, 'h10')).toBe(8);
  });

  it('has at most so many cells', () => {
    const { svg } = mask(weight([1000, 1000], [0]), 2400);
    const [, columns, rows] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg)!.map(Number);
    expect(columns * rows).toBeLessThanOrEqual(2400);
    expect(columns * rows).toBeGreaterThan(2000);
  });
});

it('joinHistories counts epochs on, and leaves out what is no number', () => {
  const training = joinHistories([{ a: [1, Number.NaN] }, { history: { a: [3], b: ['x'] } }]);
  expect(training).toMatchObject({ epochs: 3, boundaries: [3] });
  expect(training.series.get('a')).toEqual([
    { epoch: 1, value: 1 },
    { epoch: 3, value: 3 },
  ]);
  expect(training.series.get('b')).toEqual([]);
});
