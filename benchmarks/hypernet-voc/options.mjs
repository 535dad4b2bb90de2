import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { names } from './network.mjs';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    trunk: { type: 'string' },
    network: { type: 'string', default: names[0] },
    variant: { type: 'string', default: 'fast' },
    epochs: { type: 'string', default: '8' },
    compress: { type: 'string', default: '0' },
    round: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    images: { type: 'string', default: '0' },
    val: { type: 'string', default: '0.1' },
    output: { type: 'string', default: fileURLToPath(new URL('output', import.meta.url)) },
  },
});

for (const name of ['data', 'trunk']) if (!values[name]) fail(`--${name} FOLDER is missing`);
if (!['fast', 'full'].includes(values.variant)) fail(`--variant: expected fast or full, received ${values.variant}`);
if (!names.includes(values.network)) fail(`--network: expected ${names.join(' or ')}, received ${values.network}`);

/** What the command line asked for. */
export const options = {
  data: values.data,
  trunk: values.trunk,
  network: values.network,
  variant: values.variant,
  output: values.output,
  epochs: integer('epochs', 1),
  /** Of pruning, and of quantizing; 0 is none. */
  compress: integer('compress', 0),
  round: values.round,
  seed: integer('seed', 0),
  /** Of each split, to try things out; 0 is all. */
  images: integer('images', 0),
  /** Part of the training images that is only validated on. */
  val: Number(values.val),
};
if (!(options.val > 0 && options.val < 1)) fail(`--val: expected a part between 0 and 1, received ${values.val}`);

function integer(name, least) {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value >= least) return value;
  return fail(`--${name}: expected an integer from ${least} on, received ${values[name]}`);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
