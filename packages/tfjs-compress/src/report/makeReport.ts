import { checkKnownOptions } from '@tfjs-compress/math/internal';
import { escapeText } from '../escapeText.js';
import { group, percent, summaryCells } from '../model/formatSummary.js';
import type { Summary } from '../model/summarize.js';
import { allFigures, type Collected, collectFigures, type FigureOptions, type ModelOrArtifacts } from './collect.js';
import type { Figure } from './draw.js';
import type { Original } from './original.js';
import { style } from './style.js';

export interface ReportOptions extends FigureOptions {
  /** The page's title. Default: 'Compressed model'. */
  title?: string;
  /**
   * For artifacts, which do not tell: how many places each kernel is applied at, by the
   * weight's name. Default: the model's.
   */
  positions?: Map<string, number>;
}

export interface Report {
  /** A page that needs nothing else, readable on a phone and in the dark. */
  html: string;
  /** Its figures, each of which stands alone as an SVG file. */
  figures: Figure[];
}

/**
 * A report about a model: parameters and bytes per layer before and after, the
 * distribution of its weights with the levels marked, masks of its kernels, and with
 * `history` accuracy, sparsity and the steps of surgery and INQ over the epochs.
 *
 * ```js
 * const { html } = await makeReport(model, { history: [await model.fit(x, y, …), await model.fit(x, y, …)] });
 * ```
 *
 * @param model A tfjs layers model, or what its save() hands to a handler.
 * @throws ArgumentError for an unknown option or a history that is none.
 */
export async function makeReport(model: ModelOrArtifacts, options: ReportOptions = {}): Promise<Report> {
  checkKnownOptions(options, ['title', 'history', 'search', 'original', 'positions', 'onProgress'], 'makeReport');
  const { title = 'Compressed model', positions, ...figureOptions } = options;
  const collected = await collectFigures(model, figureOptions, positions);
  return { html: page(title, collected), figures: allFigures(collected) };
}

/** So many kernels are shown at once, the others on demand. */
const openKernels = 8;

function page(title: string, { summary, original, training, layers, kernels }: Collected): string {
  const sections = kernels.map(({ name, figures }, i) => {
    const open = i < openKernels ? ' open' : '';
    return `<details${open}><summary>${escapeText(name)}</summary>${grid(figures)}</details>`;
  });
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeText(title)}</title>
<style>${style}</style>
<main>
<h1>${escapeText(title)}</h1>
${headline(summary, original)}
${grid(training)}
${grid(layers)}
<details><summary>All figures as a table</summary><div class="wide">${table(summary)}</div></details>
<h2>Kernels</h2>
<p>Of each kernel how often its non-zero values occur (red dots mark the levels of a quantized one), and where weights are left, the
darker the more.</p>
${sections.join('\n')}
</main>
</html>
`;
}

function grid(figures: Figure[]): string {
  const elements = figures.map(
    ({ title, svg }) => `<figure><figcaption>${escapeText(title)}</figcaption>${svg}</figure>`,
  );
  return `<div class="grid">${elements.join('\n')}</div>`;
}

function table(summary: Summary): string {
  const [header, ...rows] = summaryCells(summary);
  const head = header.map((cell) => `<th scope="col">${escapeText(cell)}</th>`).join('');
  const body = rows.map(([name, ...cells]) => {
    const others = cells.map((cell) => `<td>${escapeText(cell)}</td>`).join('');
    return `<tr><th scope="row">${escapeText(name)}</th>${others}</tr>`;
  });
  return `<table><thead><tr>${head}</tr></thead><tbody>${body.join('\n')}</tbody></table>`;
}

function headline(
  { fileBytes, compressible, all, multiplyAdds, nonZeroMultiplyAdds }: Summary,
  { float32Bytes, parameters, kernelParameters }: Original,
): string {
  const share = (nonZeros: number, before: number) => percent(nonZeros / Math.max(1, before));
  const facts: [string, string][] = [
    [`${group(fileBytes)} B`, `in one file, of ${group(float32Bytes)} B as float32`],
    [`${(float32Bytes / Math.max(1, fileBytes)).toFixed(1)}×`, 'smaller'],
    [share(compressible.nonZeros, kernelParameters), `of ${group(kernelParameters)} kernel weights left`],
    [share(all.nonZeros, parameters), `of all ${group(parameters)} parameters left`],
  ];
  if (multiplyAdds) {
    facts.push([
      percent((nonZeroMultiplyAdds ?? 0) / multiplyAdds),
      `of ${group(multiplyAdds)} multiply-adds by non-zeros`,
    ]);
  }
  return `<ul class="facts">${facts.map(([value, what]) => `<li><b>${value}</b> ${what}</li>`).join('')}</ul>`;
}
