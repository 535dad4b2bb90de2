/**
 * node benchmarks/picture/run.mjs [--check]: README's picture, beforeAfter.svg, from the
 * results of the benchmarks. With --check it writes nothing and fails when the file is
 * not what the results give.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { meanAndSpread, readResult } from '../tools/results.mjs';

const file = new URL('./beforeAfter.svg', import.meta.url);

/** One net in all rows: LeNet-300-100, pruned and then quantized to 5 bits. */
function rows() {
  const { runs } = readResult(new URL('../lenet-300-100/results/lenet-300-100.json', import.meta.url));
  const mean = (stage, what) => meanAndSpread(runs.map((run) => run[stage][what])).mean;
  const { sizes } = readResult(new URL('../format/results/sizes.json', import.meta.url));
  const { float32Bytes, fileBytes } = sizes.find(
    ({ name }) => name === 'LeNet-300-100 of the example, 5-bit powers of two',
  );
  const { node, bytes } = readResult(new URL('../runtime/results/run.json', import.meta.url));
  const times = node['lenet-300-100-real 1'];
  const kilobytes = (value) => {
    const digits = value < 1000 * 1024 ? 3 : 4;
    const options = { minimumSignificantDigits: digits, maximumSignificantDigits: digits };
    return `${(value / 1024).toLocaleString('en', options)} KB`;
  };
  const microseconds = (value) => `${value.toPrecision(value < 10 ? 2 : 3)} µs`;
  const count = (value) => Math.round(value).toLocaleString('en');
  const percent = (value) => `${(100 * value).toFixed(2)}%`;
  return [
    row('Test error', percent, mean('dense', 'error'), mean('inq5', 'error')),
    row('Parameters', count, mean('dense', 'nonZero'), mean('inq5', 'nonZero')),
    row('Model file', kilobytes, float32Bytes, fileBytes),
    row('Code, gzipped', kilobytes, bytes['tfjs layers'].gzip, bytes['ours, dense'].gzip),
    row('One prediction', microseconds, times['tfjs layers'].microseconds.processor, times.ours.microseconds.processor),
  ];
}

function row(label, format, before, after) {
  return { label, before, after, texts: [format(before), format(after)] };
}

/** Narrow, so that the text can still be read where a phone shows the whole width. */
const size = { width: 560, top: 84, row: 52, bottom: 38 };
const bar = { left: 138, length: 322, height: 16 };

/** Colours of its own behind it, so that it can be read on a page of either scheme. */
const style = `
  text { font: 15px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2733 }
  .title { font-size: 16px; font-weight: 600 }
  .small { font-size: 13px; fill: #566273 }
  .value { font-variant-numeric: tabular-nums; font-size: 13px }
  .back { fill: #fff; stroke: #d5dbe4 }
  .before { fill: #b8c4d6 }
  .after { fill: #2f6fd0 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6ebf2 }
    .small { fill: #a3afc0 }
    .back { fill: #161b22; stroke: #39424f }
    .before { fill: #56637a }
    .after { fill: #6aa5ff }
  }
`;

function draw(all) {
  const height = size.top + all.length * size.row + size.bottom;
  const lines = all.flatMap(({ label, before, after, texts }, i) => {
    const y = size.top + i * size.row;
    // The longer of the two is as long as there is room: rows have units of their own.
    const scale = bar.length / Math.max(before, after);
    return [
      `<text x="${bar.left - 14}" y="${y + 21}" text-anchor="end">${label}</text>`,
      ...[before, after].flatMap((value, j) => {
        const length = Math.max(1.5, value * scale);
        const top = y + j * (bar.height + 2);
        return [
          `<rect class="${j ? 'after' : 'before'}" x="${bar.left}" y="${top}" width="${length.toFixed(1)}" height="${bar.height}" rx="1.5"/>`,
          `<text class="value" x="${(bar.left + length + 8).toFixed(1)}" y="${top + 13}">${texts[j]}</text>`,
        ];
      }),
    ];
  });
  const told = all.map(({ label, texts }) => `${label}: ${texts[0]} before, ${texts[1]} after.`).join(' ');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${height}" role="img" aria-labelledby="title told">
<title id="title">LeNet-300-100 before and after tfjs-compress</title>
<desc id="told">${told}</desc>
<style>${style}</style>
<rect class="back" x="0.5" y="0.5" width="${size.width - 1}" height="${height - 1}" rx="8"/>
<text class="title" x="20" y="36">LeNet-300-100 on MNIST, pruned, with weights of 5 bits</text>
<rect class="before" x="20" y="51" width="12" height="12" rx="1.5"/>
<text class="small" x="38" y="62">before: TensorFlow.js, float32</text>
<rect class="after" x="244" y="51" width="12" height="12" rx="1.5"/>
<text class="small" x="262" y="62">after: a .tfz file and the runtime</text>
${lines.join('\n')}
<text class="small" x="20" y="${height - 16}">Each pair has a scale of its own. Figures: benchmarks/picture/run.mjs</text>
</svg>
`;
}

const svg = draw(rows());
if (!process.argv.includes('--check')) writeFileSync(file, svg);
else if (readFileSync(file, 'utf8') !== svg) {
  console.error('beforeAfter.svg is not what the results give: run node benchmarks/picture/run.mjs');
  process.exitCode = 1;
}
