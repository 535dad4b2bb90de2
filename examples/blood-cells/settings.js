import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/**
 * MobileNet v1 (width 1.0, ImageNet) as it is published for TensorFlow.js: 17 MB, loaded
 * when a training begins.
 */
const mobileNet = 'https://storage.googleapis.com/tfjs-models/tfjs/mobilenet_v1_1.0_224/model.json';

const options = {
  data: { type: 'string' },
  trunk: { type: 'string', default: mobileNet },
  output: { type: 'string', default: fileURLToPath(new URL('output', import.meta.url)) },
  epochs: { type: 'string', default: '12' },
  compress: { type: 'string', default: '6' },
  images: { type: 'string', default: '0' },
  seed: { type: 'string', default: '1' },
  variant: { type: 'string', default: 'fast' },
  levels: { type: 'string' },
};

/**
 * What the command line asked for; ends the program with one line where that cannot be.
 */
export const settings = read();

function read() {
  try {
    const { values } = parseArgs({ options });
    folder(values, 'data', 'ImageSets/Main');
    if (!isAddress(values.trunk)) folder(values, 'trunk', 'model.json');
    const { variant } = values;
    if (!['fast', 'full'].includes(variant)) throw new Error(`--variant: expected fast or full, received ${variant}`);
    const epochs = { train: integer(values, 'epochs', 1), compress: integer(values, 'compress', 0) };
    if ([1, 2].includes(epochs.compress))
      throw new Error(`--compress: expected 0 or from 3 on, received ${epochs.compress}`);
    return {
      ...values,
      /** Where what the trunk makes of the images is kept: some 3 GB. */
      levels: values.levels ?? join(values.output, 'levels'),
      /**
       * Of training, and of each stage of compression: trunk, pruning, quantization (in
       * four steps). 0 ends after training.
       */
      epochs,
      /** Only so many images of each set, to try things out; 0 is all. */
      images: integer(values, 'images', 0),
      seed: integer(values, 'seed', 0),
    };
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}

/** Whether a trunk is loaded from a server. */
export function isAddress(trunk) {
  return /^https?:/.test(trunk);
}

function folder(values, name, content) {
  const path = values[name];
  if (!path) throw new Error(`--${name} FOLDER is missing: README.md says where to get it.`);
  if (!existsSync(join(path, content))) {
    throw new Error(`--${name}: expected a folder with ${content}, received ${path}; README.md says where to get it.`);
  }
}

function integer(values, name, least) {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value >= least) return value;
  throw new Error(`--${name}: expected an integer from ${least} on, received ${values[name]}`);
}
