import * as Plot from '@observablehq/plot';
import { escapeText } from '../escapeText.js';

/** A figure of the report: an SVG that also stands alone. */
export interface Figure {
  /** For a file's name: letters, digits, '-', '_' and '.'. */
  name: string;
  title: string;
  svg: string;
}

/** Narrow, so that the text is still readable where a phone shows the whole width. */
export const width = 380;

/** CSS variables with a default, so that a page can give others in the dark. */
export const colors = {
  before: 'var(--before, #b8c4d6)',
  /** Of lines and text, which have to stand out more than areas. */
  beforeLine: 'var(--before-text, #66758c)',
  after: 'var(--after, #2f6fd0)',
  second: 'var(--second, #c25a12)',
  third: 'var(--third, #2c8a4b)',
  mark: 'var(--mark, #d0452f)',
};

/**
 * The browser's document, or one that can draw without a browser.
 *
 * @throws Error in a bundle for browsers, where there is no document: in a Web Worker.
 */
export async function findDocument(): Promise<Document> {
  if (typeof document !== 'undefined') return document;
  const { parseHTML } = await import('./linkedom.js');
  if (!parseHTML) {
    throw new Error(
      'makeReport: expected a document, and a Web Worker has none: make the report in the page or in Node.',
    );
  }
  return parseHTML('<html><body></body></html>').document;
}

export function draw(document: Document, name: string, title: string, options: Plot.PlotOptions): Figure {
  const plot = Plot.plot({
    width,
    ...options,
    document,
    style: { color: 'currentColor', background: 'none', fontSize: '12px', overflow: 'visible' },
  });
  const svg = plot.tagName.toLowerCase() === 'svg' ? plot : plot.querySelector('svg')!;
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  svg.setAttribute('role', 'img');
  // The picture has one name: those that Plot gives to its parts are of groups, which
  // have no role to go with it.
  for (const part of svg.querySelectorAll('[aria-label]')) part.removeAttribute('aria-label');
  // HTML leaves '<' as it is in an attribute, and a document without a browser '&', too:
  // an SVG file may not have them.
  svg.setAttribute('aria-label', 'TITLE');
  return { name, title, svg: svg.outerHTML.replace('aria-label="TITLE"', () => `aria-label="${escapeText(title)}"`) };
}

/**
 * A line of names above the frame, each in the colour that it explains. Needs 34 pixels
 * of marginTop.
 */
export function legend(entries: { text: string; color: string }[], marginTop: number): Plot.Markish[] {
  let dx = 0;
  return entries.map(({ text, color }) => {
    const mark = Plot.text([text], {
      text: [text],
      fill: color,
      fontWeight: 600,
      frameAnchor: 'top-left',
      dx,
      dy: -marginTop + 4,
    });
    dx += 18 + 6.7 * text.length;
    return mark;
  });
}

/** Whole numbers from `first` to `last`, at most about eight of them. */
export function wholeTicks(first: number, last: number): number[] {
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((each) => (last - first) / each <= 8) ?? 1000;
  return Array.from({ length: Math.floor(last / step) + 1 }, (_, i) => i * step).filter((tick) => tick >= first);
}

/** 1,500,000 as 1.5M. */
export function short(n: number): string {
  if (n >= 1e6) return `${n / 1e6}M`;
  return n >= 1e3 ? `${n / 1e3}k` : String(n);
}

/**
 * Names for files, each another one: 'a/b' and 'a_b' would both be 'a_b', and some file
 * systems do not tell A from a.
 */
export function fileNames(names: string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const plain = name.replace(/[^\w-]+/g, '_');
    let unique = plain;
    for (let i = 2; taken.has(unique.toLowerCase()); i++) unique = `${plain}_${i}`;
    taken.add(unique.toLowerCase());
    return unique;
  });
}
