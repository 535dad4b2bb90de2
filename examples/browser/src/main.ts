import { describe, histogram } from './charts/histogram.js';
import { lineChart } from './charts/lineChart.js';
import { masks } from './charts/masks.js';
import { codeSizes } from './draw/codeSizes.js';
import { downloads } from './draw/downloads.js';
import { drawSection } from './draw/drawSection.js';
import { kilobytes, percent } from './format.js';
import { gain } from './gain.js';
import { ownSection } from './own/ownSection.js';
import { byId } from './parts.js';
import { controls } from './run/controls.js';
import { Runner } from './run/Runner.js';
import { stages } from './run/stages.js';
import { runTiles } from './run/tiles.js';
import { planFrom } from './training/plan.js';

const runner = new Runner(planFrom(location.search));
const sizes = codeSizes();

gain(sizes);
controls(runner);
stages(runner);
runTiles(runner);
charts();
drawSection(runner, sizes);
downloads(runner);
ownSection();
runner.recall();

if (import.meta.env.MODE === 'production' && 'serviceWorker' in navigator) {
  // Refused in some private windows: then the page is not there offline, and all else is.
  navigator.serviceWorker.register('./serviceWorker.js').catch(() => {});
}

/** Lines, masks and the histogram: all that changes once an epoch. */
function charts(): void {
  const accuracy = lineChart(byId('accuracy-chart'), {
    name: 'Right answers',
    value: ({ accuracy: each }) => 100 * each,
    ticks: [85, 90, 95, 100],
    format: (value) => percent(value / 100),
  });
  const bytes = lineChart(byId('bytes-chart'), {
    name: 'Size of the file',
    value: ({ bytes: each }) => each / 1024,
    ticks: [2, 8, 32, 128, 512],
    isLogarithmic: true,
    format: (value) => kilobytes(1024 * value),
  });
  const shapes = { conv1: [5, 5, 1, 16], conv2: [5, 5, 16, 32], hidden: [512, 128], out: [128, 10] };
  const drawMasks = masks(byId('masks'), shapes);
  // These two have 98% of the weights.
  const histograms = ['conv2', 'hidden'].map((name) => ({ name, draw: histogram(byId(`histogram-${name}`)) }));
  runner.listen(({ points, plan, kernels }, change) => {
    if (change !== 'epoch' && !(change === 'state' && points.length === 0)) return;
    accuracy(points, plan);
    bytes(points, plan);
    drawMasks(kernels);
    for (const { name, draw } of histograms) {
      const kernel = kernels.find((each) => each.name === name);
      draw(kernel);
      byId(`histogram-${name}-note`).textContent = kernel ? describe(kernel) : 'No weights yet.';
    }
  });
}
