import { describe, expect, it, vi } from 'vitest';
import { formatTime, medianTimer } from './timer.js';

it.each([
  [0.00018, '0.18 µs'],
  [0.0042, '4.2 µs'],
  [0.376, '376 µs'],
  [1.26, '1.3 ms'],
  [1234.4, '1234 ms'],
])('%d ms are shown as %s', (ms, text) => {
  expect(formatTime(ms)).toBe(text);
});

describe('medianTimer', () => {
  it('tells how long one run takes by a clock that only knows whole milliseconds, whatever one slow measurement says', () => {
    let now = 0;
    let duration = 0.1;
    vi.spyOn(performance, 'now').mockImplementation(() => Math.floor(now));
    const measure = medianTimer(() => {
      now += duration;
    });
    expect(measure()).toBeCloseTo(0.1, 2);
    expect(measure()).toBeCloseTo(0.1, 2);
    duration = 50;
    expect(measure()).toBeCloseTo(0.1, 2);
    for (let i = 0; i < 9; i++) measure();
    expect(measure()).toBeCloseTo(50, 2);
    vi.restoreAllMocks();
  });
});
