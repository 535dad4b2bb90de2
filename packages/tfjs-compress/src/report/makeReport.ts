import type { io } from '@tensorflow/tfjs-core';
import { weightsOf } from '../cli/artifacts.js';
import { formatSummary, type Summary, summarize } from '../cli/summary.js';
import { bars, escapeText, type Figure, histogram, mask, training } from './figures.js';

export interface ReportOptions {
  title: string;
  /** Lists by key, one number per epoch, as model.fit returns them. */
  history?: Record<string, number[]>;
}

/** A self-contained page about a model, readable on a phone and in dark mode, and its figures as SVGs of their own. */
export async function makeReport(
  artifacts: io.ModelArtifacts,
  { title, history }: ReportOptions,
): Promise<{ html: string; figures: Figure[] }> {
  const summary = await summarize(artifacts);
  const kernels = weightsOf(artifacts).filter(({ isCompressible }) => isCompressible);
  const overview = [
    ...(history ? [training(history)] : []),
    bars('bytes', 'bytes', summary.weights, 'float32Bytes', 'packedBytes'),
    bars('parameters', 'parameters', summary.weights, 'parameters', 'nonZeros'),
  ];
  const details = kernels.map((weight) => {
    const values = [...new Set(weight.values.length > 5e6 ? weight.values.subarray(0, 5e6) : weight.values)];
    const levels = values.length <= 257 ? values.filter((value) => value !== 0) : [];
    return { name: weight.name, figures: [histogram(weight, levels), mask(weight)] };
  });
  const sections = details.map(
    ({ name, figures }, i) =>
      `<details${i < 8 ? ' open' : ''}><summary>${escapeText(name)}</summary>${figures.map(figureElement).join('')}</details>`,
  );
  const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeText(title)}</title>
<style>${style}</style>
<h1>${escapeText(title)}</h1>
${headline(summary)}
<p class="key"><span class="before"></span> before (float32, all parameters) <span class="after"></span> after (packed, non-zero)</p>
${overview.map(figureElement).join('\n')}
<details><summary>Table</summary><pre>${escapeText(formatSummary(summary))}</pre></details>
<h2>Kernels</h2>
<p>Histograms of the non-zero values, their levels marked where there are at most 256; and where weights are left, rows by columns.</p>
${sections.join('\n')}
</html>
`;
  return { html, figures: [...overview, ...details.flatMap(({ figures }) => figures)] };
}

function figureElement({ title, svg }: Figure): string {
  return `<figure><figcaption>${escapeText(title)}</figcaption><div class="plot">${svg}</div></figure>`;
}

function headline({ float32Bytes, fileBytes, compressible, all }: Summary): string {
  const percent = ({ nonZeros, parameters }: Summary['all']) =>
    `${((100 * nonZeros) / Math.max(1, parameters)).toFixed(2)}%`;
  const facts: [string, string][] = [
    [fileBytes.toLocaleString('en-US'), 'bytes in one file'],
    [`${(float32Bytes / fileBytes).toFixed(1)}×`, 'smaller than float32'],
    [percent(compressible), 'of compressible parameters left'],
    [percent(all), 'of all parameters left'],
  ];
  return `<ul class="facts">${facts.map(([value, what]) => `<li><b>${value}</b> ${what}</li>`).join('')}</ul>`;
}

const style = `
:root { color-scheme: light dark; --before: #b8c4d6; --after: #2f6fd0; --mark: #d0452f; --back: #fff; --text: #1c2430; --line: #d5dbe5; }
@media (prefers-color-scheme: dark) {
  :root { --before: #46536a; --after: #6ea4f5; --mark: #ff8a70; --back: #12161d; --text: #e3e8f0; --line: #313a48; }
}
body { font: 16px/1.5 system-ui, sans-serif; max-width: 720px; margin: 0 auto; padding: 16px; background: var(--back); color: var(--text); }
h1 { font-size: 1.4rem; overflow-wrap: anywhere; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 8px; padding: 0; list-style: none; }
.facts li { border: 1px solid var(--line); border-radius: 8px; padding: 8px 12px; }
.facts b { display: block; font-size: 1.3rem; }
figure { margin: 16px 0; }
figcaption { font-weight: 600; overflow-wrap: anywhere; }
.plot { overflow-x: auto; }
.plot svg { max-width: 100%; height: auto; }
.key span { display: inline-block; width: 12px; height: 12px; margin-left: 8px; }
.key .before { background: var(--before); }
.key .after { background: var(--after); }
details { border-top: 1px solid var(--line); padding: 8px 0; }
summary { cursor: pointer; overflow-wrap: anywhere; }
pre { overflow-x: auto; font-size: 12px; }
`;
