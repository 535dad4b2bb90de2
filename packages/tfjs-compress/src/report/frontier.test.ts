import { expect, it } from 'vitest';
import { findDocument } from './draw.js';
import { frontier } from './frontier.js';

const trials = [
  { id: 'a', sizeBytes: 4000, score: 0.97 },
  { id: 'b', sizeBytes: 2000, score: 0.96 },
  { id: 'c', sizeBytes: 3000, score: 0.95 },
  { id: 'd', sizeBytes: 1000, score: 0.1 },
  { id: 'e' },
];
const count = (svg: string, tag: string) => svg.split(`<${tag}`).length - 1;

it('shows every trial that has a result, which one the model is of, and the model before', async () => {
  const document = await findDocument();
  const { svg } = frontier(document, { trials, best: 'b', baseline: { sizeBytes: 90_000, score: 0.98 } });
  // One more around the model's; the one far below is a triangle at the edge.
  expect(count(svg, 'circle')).toBe(4);
  expect(svg).toContain('▼ lower');
  expect(svg).toContain('1,000 B, score 0.1');
  expect(svg).toContain('2,000 B, score 0.96');
  for (const text of ['● trial', '○ this model', '┄ before']) expect(svg).toContain(text);
  expect(frontier(document, { trials }).svg).not.toContain('this model');
});

it('stands for a search that found nothing', async () => {
  expect(count(frontier(await findDocument(), { trials: [{ id: 'e' }] }).svg, 'circle')).toBe(0);
});

it('refuses what is no search', async () => {
  expect(() => frontier({} as Document, { trials: 3 } as never)).toThrow(/^search.trials: expected a list/);
});
