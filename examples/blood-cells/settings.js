import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    trunk: { type: 'string' },
    output: { type: 'string', default: new URL('output', import.meta.url).pathname },
    epochs: { type: 'string', default: '8' },
    compress: { type: 'string', default: '4' },
    pictures: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    variant: { type: 'string', default: 'full' },
  },
});
for (const name of ['data', 'trunk']) {
  if (!values[name]) throw new Error(`--${name} FOLDER is missing: README.md says where to get it.`);
}

/** What the command line asked for. */
export const settings = {
  ...values,
  /** Of training, and of each stage of compression: trunk, pruning, quantization. 0 ends after training. */
  epochs: { train: Number(values.epochs), compress: Number(values.compress) },
  /** Only so many pictures of each set, to try things out; 0 is all. */
  pictures: Number(values.pictures),
  seed: Number(values.seed),
};

/** How this HyperNet differs from the paper's: smaller pictures, windows of the sizes of blood cells, a small head. */
export const network = {
  levels: ['conv_pw_1_relu', 'conv_pw_5_relu', 'conv_pw_11_relu'],
  variant: settings.variant,
  shortSide: 312,
  longSide: 416,
  candidates: { stride: 8, scales: [24, 34, 60, 80, 115], ratios: [0.8, 1.25] },
  roiSize: 7,
  detectionUnits: 256,
  training: { windows: 128, samples: 96, scored: 1000, seed: settings.seed },
};
