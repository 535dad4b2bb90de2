import * as Plot from '@observablehq/plot';
import { colors, draw, type Figure, fileNames, legend, short, wholeTicks } from './draw.js';
import type { Training } from './history.js';

type Points = { epoch: number; value: number }[];

/**
 * Accuracy and loss of each output, sparsity and quantized share, and what surgery
 * changed, over the epochs: figures of what there is.
 */
export function trainingFigures(document: Document, training: Training): Figure[] {
  const accuracies = outputsOf(training, /_?(categorical_|binary_|sparse_categorical_)?acc(uracy)?$/i);
  const losses = outputsOf(training, /_?loss$/i);
  const errors = accuracies.size + losses.size > 0 ? [] : outputsOf(training, /_?error$/i);
  const shares = [...training.series].filter(([key]) => /^(sparsity|quantized)(_\d+)?$/.test(key));
  const figures: Figure[] = [];
  for (const [output, series] of accuracies)
    figures.push(lines(document, 'accuracy', 'Accuracy over epochs', output, training, series, true));
  for (const [output, series] of [...losses, ...errors])
    figures.push(lines(document, 'loss', 'Loss over epochs', output, training, series, false));
  if (shares.length)
    figures.push(lines(document, 'sparsity', 'Sparsity and quantized share over epochs', '', training, shares, true));
  if (training.series.has('pruned')) figures.push(surgery(document, training));
  return figures;
}

/**
 * The series of a kind by the output that they are of: '' for the model's only one, or
 * for all of them together.
 */
function outputsOf(training: Training, kind: RegExp): Map<string, [string, Points][]> {
  const outputs = new Map<string, [string, Points][]>();
  for (const series of training.series) {
    const [key] = series;
    if (!kind.test(key) || series[1].length === 0) continue;
    const output = key.replace(/^val_/, '').replace(kind, '');
    outputs.set(output, [...(outputs.get(output) ?? []), series].sort(byValidation));
  }
  return outputs;
}

/** The training's own figures first, those of validation after them. */
function byValidation([a]: [string, Points], [b]: [string, Points]): number {
  return Number(a.startsWith('val')) - Number(b.startsWith('val'));
}

function lines(
  document: Document,
  name: string,
  title: string,
  output: string,
  training: Training,
  series: [string, Points][],
  isPercent: boolean,
): Figure {
  const palette =
    name === 'sparsity' ? [colors.second, colors.third] : [colors.beforeLine, colors.after, colors.second];
  // The training's own figures pale, those of validation strong.
  const chosen = series.length === 1 ? [colors.after] : palette;
  const colored = series.map(([key, points], i) => ({ text: key, color: chosen[i % chosen.length], points }));
  const steps = quantizationSteps(training);
  const marginTop = 34;
  const [file] = fileNames([output]);
  return draw(document, output ? `${name}.${file}` : name, output ? `${title}, output ${output}` : title, {
    ...frame(training, marginTop),
    y: {
      grid: true,
      label: null,
      ticks: 5,
      ...(isPercent && { percent: true, tickFormat: (value: number) => `${Math.round(10 * value) / 10}%` }),
      ...(name === 'sparsity' && { domain: [0, 100] }),
    },
    marks: [
      boundaries(training),
      Plot.ruleX(steps, { x: 'epoch', stroke: colors.third, strokeDasharray: '4,3' }),
      Plot.dot(surgeryEpochs(training), { x: (epoch) => epoch, frameAnchor: 'bottom', r: 2.5, fill: colors.second }),
      ...colored.flatMap(({ points, color }) => [
        Plot.lineY(points, {
          x: 'epoch',
          y: 'value',
          stroke: color,
          strokeWidth: 2,
          z: (d: Points[0]) => stageOf(training, d.epoch),
        }),
        ...(points.length === 1 ? [Plot.dot(points, { x: 'epoch', y: 'value', fill: color })] : []),
      ]),
      ...legend(
        [
          ...colored.map(({ text, color }) => ({ text, color })),
          ...(steps.length ? [{ text: '┊ INQ step', color: colors.third }] : []),
          ...(surgeryEpochs(training).length ? [{ text: '• surgery', color: colors.second }] : []),
        ],
        marginTop,
      ),
    ],
  });
}

/** 0 and every second power of ten that occurs, on both sides. */
function powerTicks({ series }: Training): number[] {
  const upTo = (key: string) => {
    const most = Math.max(0, ...(series.get(key) ?? []).map(({ value }) => value));
    return [100, 1e4, 1e6, 1e8].filter((power) => power <= most);
  };
  return [...upTo('spliced').map((power) => -power), 0, ...upTo('pruned')];
}

/** How many weights each epoch pruned, and how many came back. */
function surgery(document: Document, training: Training): Figure {
  const marginTop = 34;
  const half = (key: string, sign: number) =>
    (training.series.get(key) ?? []).map(({ epoch, value }) => ({
      from: epoch - 0.4,
      to: epoch + 0.4,
      value: sign * value,
    }));
  return draw(document, 'surgery', 'Weights pruned and spliced back, by epoch', {
    ...frame(training, marginTop),
    height: 180,
    y: {
      grid: true,
      label: null,
      ticks: powerTicks(training),
      type: 'symlog',
      constant: 10,
      tickFormat: (value: number) => short(Math.abs(value)),
    },
    marks: [
      boundaries(training),
      Plot.rectY(half('pruned', 1), { x1: 'from', x2: 'to', y: 'value', fill: colors.second }),
      Plot.rectY(half('spliced', -1), { x1: 'from', x2: 'to', y: 'value', fill: colors.third }),
      Plot.ruleY([0]),
      ...legend(
        [
          { text: '▲ pruned', color: colors.second },
          { text: '▼ spliced back', color: colors.third },
        ],
        marginTop,
      ),
    ],
  });
}

function frame({ epochs }: Training, marginTop: number): Plot.PlotOptions {
  const x = { label: 'epoch', domain: [0.5, epochs + 0.5], ticks: wholeTicks(1, epochs), tickFormat: 'd' };
  return { height: 240, marginTop, marginLeft: 46, marginBottom: 36, x };
}

/** Where one training ends and the next begins. */
function boundaries({ boundaries }: Training): Plot.Markish {
  return Plot.ruleX(boundaries, {
    x: (epoch: number) => epoch - 0.5,
    stroke: 'currentColor',
    strokeOpacity: 0.25,
    strokeWidth: 2,
  });
}

function stageOf({ boundaries }: Training, epoch: number): number {
  return boundaries.filter((boundary) => boundary <= epoch).length;
}

/** The epochs in which INQScheduler quantized a further fraction. */
function quantizationSteps({ series }: Training): { epoch: number }[] {
  const points = series.get('inq_step') ?? [];
  return points.filter(({ value }, i) => value > 0 && value !== points[i - 1]?.value);
}

/** The epochs in which SurgeryCallback pruned weights or spliced them back. */
function surgeryEpochs({ series }: Training): number[] {
  const changed = [...(series.get('pruned') ?? []), ...(series.get('spliced') ?? [])].filter(({ value }) => value > 0);
  return [...new Set(changed.map(({ epoch }) => epoch))];
}
