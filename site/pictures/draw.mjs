/**
 * node site/pictures/draw.mjs: draws the SVG files of this folder from run.json, which
 * run.mjs wrote. Colors are those of the page where it has them (theme/style.css), and
 * the file's own where it stands alone, as in a README, in light and in dark.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const width = 480;
const ink = 'var(--picture-ink, #3c3c43)';
const faint = 'var(--picture-faint, #c9c9cf)';
const one = 'var(--picture-one, #1d5fbf)';
const two = 'var(--picture-two, #b4520c)';
const style = `<style>@media (prefers-color-scheme: dark) { svg { --picture-ink: #dfdfd6; --picture-faint: #4a4a52; --picture-one: #8ab4f8; --picture-two: #f0a35e } }</style>`;
const stageNames = { train: 'train', prune: 'prune', quantize: 'quantize' };

/** The SVG texts by name. */
export function drawAll(run) {
  return { start: start(run), surgery: surgery(run), pixels: pixels(run), levels: levels(run) };
}

/** Size of the file and test error over all epochs. */
function start({ epochs, images }) {
  const [left, right, top, middle, bottom] = [96, 470, 44, 200, 330];
  const x = (i) => left + (i / epochs.length) * (right - left);
  const y = (bytes) => top + (1 - Math.log10(bytes / 2.5e3) / Math.log10(1.2e6 / 2.5e3)) * (middle - top);
  const mostError = 0.15;
  const errorY = (error) => bottom - (error / mostError) * (bottom - middle - 24);
  const ends = epochs.flatMap(({ stage }, i) => (epochs[i + 1]?.stage === stage ? [] : [i]));
  const bands = ends.map((end, i) => {
    const from = i ? ends[i - 1] + 1 : 0;
    const name = text((x(from) + x(end + 1)) / 2, 16, stageNames[epochs[end].stage], { anchor: 'middle', bold: true });
    return name + (i ? line(x(from), 24, x(from), bottom, faint, '3 3') : '');
  });
  const axis = [1e4, 1e5, 1e6].map(
    (bytes) =>
      line(left, y(bytes), right, y(bytes), faint) + text(left - 6, y(bytes) + 5, kilobytes(bytes), { anchor: 'end' }),
  );
  const errors = [0, 0.05, 0.1, 0.15].map(
    (error) =>
      line(left, errorY(error), right, errorY(error), faint) +
      text(left - 6, errorY(error) + 5, `${Math.round(error * 100)}%`, { anchor: 'end' }),
  );
  const sizes = ends.map((end, i) => {
    const beside = { anchor: 'end', dx: i < 2 ? -4 : 0, dy: 22 };
    return text(x(end + 1) + beside.dx, y(epochs[end].bytes) + beside.dy, kilobytes(epochs[end].bytes), {
      anchor: beside.anchor,
      color: one,
      bold: true,
    });
  });
  const content = [
    ...bands,
    ...axis,
    ...errors,
    path(stairs(epochs.map(({ bytes }, i) => [x(i), x(i + 1), y(bytes)])), one),
    path(stairs(epochs.map(({ error }, i) => [x(i), x(i + 1), errorY(error)])), two),
    ...sizes,
    text(left + 4, top - 8, 'file', { color: one }),
    text(left + 4, middle + 20, `error of ${group(images.test)} test images`, { color: two }),
    text((left + right) / 2, bottom + 26, `${epochs.length} epochs`, { anchor: 'middle' }),
  ];
  const last = epochs.at(-1);
  const first = epochs[ends[0]];
  const title = `While LeNet-300-100 is trained, pruned and quantized, its file falls from ${kilobytes(first.bytes)} to ${kilobytes(last.bytes)}; the test error goes from ${percent(first.error)} to ${percent(last.error)}.`;
  return svg(title, 364, content);
}

/** Weights that surgery prunes and brings back in each epoch. */
function surgery({ epochs }) {
  const pruning = epochs.filter(({ stage }) => stage === 'prune');
  const [left, right, zero] = [10, 470, 170];
  const scale = 130 / Math.sqrt(Math.max(...pruning.map(({ pruned }) => pruned)));
  const step = (right - left) / pruning.length;
  const bars = pruning.flatMap(({ pruned, restored }, i) => [
    rect(left + i * step + 2, zero - Math.sqrt(pruned) * scale, step - 4, Math.sqrt(pruned) * scale, one),
    rect(left + i * step + 2, zero, step - 4, Math.sqrt(restored) * scale, two),
  ]);
  const most = (key) => pruning.reduce((best, each) => (each[key] > best[key] ? each : best));
  const lowest = zero + Math.sqrt(most('restored').restored) * scale;
  const total = (key) => group(pruning.reduce((sum, each) => sum + each[key], 0));
  const content = [
    ...bars,
    line(left, zero, right, zero, ink),
    text(right, 24, `pruned: ${total('pruned')} in all`, { anchor: 'end', color: one }),
    text(right, 46, `brought back: ${total('restored')} in all`, { anchor: 'end', color: two }),
    text(left, lowest + 24, 'epoch 1'),
    text(right, lowest + 24, `epoch ${pruning.length}`, { anchor: 'end' }),
  ];
  const title = `In ${pruning.length} epochs surgery prunes ${total('pruned')} weights and brings ${total('restored')} back (bars: square roots of the numbers).`;
  return svg(title, Math.round(lowest + 36), content);
}

/** How many units of the first layer read each pixel. */
function pixels({ maps }) {
  const [cell, gap] = [7, 40];
  const size = 28 * cell;
  const panels = maps.map(({ stage, epoch, inputs }, i) => {
    const [x, y] = [20 + (i % 2) * (size + gap), 26 + Math.floor(i / 2) * (size + 44)];
    const most = Math.max(...inputs);
    const shades = Array.from({ length: 8 }, (_, shade) => {
      const inShade = inputs.flatMap((count, pixel) => (count && shadeOf(count / most) === shade ? [pixel] : []));
      const squares = inShade.map(
        (pixel) => `M${x + (pixel % 28) * cell} ${y + Math.floor(pixel / 28) * cell}h7v7h-7z`,
      );
      return squares.length ? `<path d="${squares.join('')}" fill="${one}" opacity="${(shade + 1) / 8}"/>` : '';
    });
    const kept = inputs.reduce((sum, count) => sum + count, 0);
    const name = stage === 'train' ? 'trained' : `epoch ${epoch}`;
    const frame = `<rect x="${x}" y="${y}" width="${size}" height="${size}" fill="none" stroke="${faint}"/>`;
    return `${shades.join('')}${frame}${text(x, y - 8, `${name}: ${group(kept)} weights`)}`;
  });
  const title =
    'Weights of the first layer by the pixel they read, after training and while surgery prunes: what is left reads the middle of the picture.';
  return svg(title, 2 * (size + 44), panels);
}

/** Of eight shades: the square root shows small shares, too. */
function shadeOf(share) {
  return Math.ceil(8 * Math.sqrt(share)) - 1;
}

/** The second layer's weights other than 0, step by step of INQ. */
function levels({ histograms }) {
  const [wide, high] = [216, 66];
  const panels = histograms.map(({ stage, step, counts, distinct, zeros }, i) => {
    const [x, base] = [12 + (i % 2) * (wide + 28), 24 + high + Math.floor(i / 2) * (high + 40)];
    const most = Math.sqrt(Math.max(...counts));
    const bar = wide / counts.length;
    const bars = counts.flatMap((count, bin) => {
      const height = (Math.sqrt(count) / most) * (high - 6);
      return count ? [rect(x + bin * bar, base - height, bar, height, stage === 'quantize' ? two : one)] : [];
    });
    const name = { train: 'trained', prune: 'pruned', quantize: `step ${step}` }[stage];
    const kinds = `${group(distinct + (zeros > 0))} values`;
    return `${bars.join('')}${line(x, base, x + wide, base, ink)}${text(x, base - high - 6, `${name}: ${kinds}`)}`;
  });
  const title = `Histograms of the second layer's weights other than 0, from -${histograms[0].limit} to ${histograms[0].limit}: trained, pruned, and after each step of INQ, which gathers them on powers of two.`;
  return svg(title, Math.ceil(histograms.length / 2) * (high + 40) + 12, panels);
}

function svg(title, height, content) {
  const about = `role="img" aria-label="${title}" font-family="system-ui, sans-serif" font-size="15"`;
  const open = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" ${about}>`;
  return `${open}\n${style}\n${content.join('\n')}\n</svg>\n`;
}

function text(x, y, words, { anchor = 'start', color = ink, bold = false } = {}) {
  const weight = bold ? ' font-weight="600"' : '';
  return `<text x="${short(x)}" y="${short(y)}" text-anchor="${anchor}" fill="${color}"${weight}>${words}</text>`;
}

function line(x1, y1, x2, y2, color, dashes) {
  const dash = dashes ? ` stroke-dasharray="${dashes}"` : '';
  return `<path d="M${short(x1)} ${short(y1)}L${short(x2)} ${short(y2)}" stroke="${color}"${dash}/>`;
}

function rect(x, y, w, h, color) {
  return `<rect x="${short(x)}" y="${short(y)}" width="${short(w)}" height="${short(h)}" fill="${color}"/>`;
}

function path(d, color) {
  return `<path d="${d}" fill="none" stroke="${color}" stroke-width="2.5"/>`;
}

/** A path of steps: [from, to, y] of each. */
function stairs(parts) {
  return parts
    .map(([from, to, y], i) => `${i ? 'L' : 'M'}${short(from)} ${short(y)}L${short(to)} ${short(y)}`)
    .join('');
}

function kilobytes(bytes) {
  return bytes < 1e4 ? `${(bytes / 1000).toFixed(1)} kB` : `${group(Math.round(bytes / 1000))} kB`;
}

function percent(share) {
  return `${(100 * share).toFixed(1)}%`;
}

function group(number) {
  return number.toLocaleString('en-US');
}

function short(value) {
  return Math.round(value * 10) / 10;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const run = JSON.parse(readFileSync(new URL('run.json', import.meta.url), 'utf8'));
  for (const [name, drawing] of Object.entries(drawAll(run))) {
    writeFileSync(new URL(`${name}.svg`, import.meta.url), drawing);
  }
}
