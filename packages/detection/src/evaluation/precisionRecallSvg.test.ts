import { expect, it } from 'vitest';
import { precisionRecallSvg } from './precisionRecallSvg.js';

it('precisionRecallSvg draws a line for each class and writes its name and AP, escaped', () => {
  const classes = [
    { class: 'a<b', ap: 0.5, precision: [1, 0.5], recall: [0.5, 1], objects: 2 },
    { class: 'none', ap: Number.NaN, precision: [], recall: [], objects: 0 },
  ];
  const svg = precisionRecallSvg(classes, { 'a<b': '#abcdef' });
  expect(svg).toContain('a&lt;b: AP 0.500');
  expect(svg).toContain('none: no objects');
  expect(svg).toContain('<polyline points="224.0,44.0 404.0,224.0" fill="none" stroke="#abcdef"');
  expect(svg.match(/<polyline/g)?.length).toBe(2);
});
