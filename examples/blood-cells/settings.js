import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    trunk: { type: 'string' },
    output: { type: 'string', default: new URL('output', import.meta.url).pathname },
    epochs: { type: 'string', default: '8' },
    compress: { type: 'string', default: '3' },
    pictures: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    variant: { type: 'string', default: 'fast' },
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
