import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { io, Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { inputNamesOf } from '../once/inputNamesOf.js';
import { describeInput, likelyRange } from '../page/describe.js';
import { type ValueRange, valueRanges } from '../page/PageConfig.js';
import { load, type Tfjs } from './backend.js';
import { type NumberArray, readNested, readNpy } from './readNpy.js';

export interface ExampleOptions {
  /** Of the values that images are scaled to. */
  range?: ValueRange;
  /** Of the files of a folder. */
  atMost: number;
}

const arrayFile = /\.(npy|json)$/i;
const imageFile = /\.(jpe?g|png|webp|gif|avif|tiff?)$/i;

/**
 * Examples for a model's inputs. A folder holds one example a file, images or arrays,
 * in folders below it too; a file holds them all, along the first axis, and for several
 * inputs as a JSON object by the inputs' names. Throws an Error that names the file.
 */
export async function readExamples(
  tf: Tfjs,
  path: string,
  model: LayersModel,
  topology: io.ModelArtifacts['modelTopology'],
  { range, atMost }: ExampleOptions,
): Promise<{ tensors: Tensor[]; notes: string[] }> {
  if (!existsSync(path)) throw new Error(`${path}: there is no such file or folder of examples.`);
  const dtypes = model.inputs.map(({ dtype }) => dtype);
  const tensorOf = ({ values, shape }: NumberArray, i: number) => tf.tensor(values, shape, dtypes[i]);
  if (!statSync(path).isDirectory()) return { tensors: readFile(path, inputNamesOf(model)).map(tensorOf), notes: [] };
  const files = filesBelow(path);
  const [images, arrays] = [imageFile, arrayFile].map((ending) => files.filter((file) => ending.test(file)));
  if (images.length + arrays.length === 0)
    throw new Error(`${path}: there are no images and no .npy or .json files in this folder.`);
  if (images.length > 0 && arrays.length > 0)
    throw new Error(`${path}: there are images and arrays (${arrays[0]}) in this folder; expected one of the two.`);
  if (model.inputs.length > 1)
    throw new Error(
      `${path}: a folder holds examples of one input, the model has ${model.inputs.length}; give a .json file of an object with the names ${inputNamesOf(model).join(', ')}.`,
    );
  const chosen = spread(images.length > 0 ? images : arrays, atMost);
  if (images.length === 0) {
    const parts = chosen.map((file) => readFile(file, [])[0]);
    return { tensors: [tensorOf(stacked(parts, chosen), 0)], notes: [] };
  }
  const [{ name, shape, dtype }] = model.inputs;
  const input = describeInput({ name, shape: [...shape], dtype: dtype as 'float32' }, topology);
  if (input.kind !== 'image')
    throw new Error(
      `${path}: the model takes no images but ${JSON.stringify(shape.slice(1))} values; give .npy or .json files.`,
    );
  const as = range ?? likelyRange([input], topology);
  const values = await decoded(chosen, input, valueRanges[as]);
  const guess = range
    ? []
    : [`Black and white were taken for ${as.replace('..', ' and ')}: say otherwise with --range.`];
  return { tensors: [tensorOf({ values, shape: [chosen.length, ...input.shape!.slice(1)] }, 0)], notes: guess };
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .sort();
}

/** `count` of them at equal distances: folders of classes come one after the other. */
function spread(files: string[], count: number): string[] {
  const most = Math.min(count, files.length);
  return Array.from({ length: most }, (_, i) => files[Math.floor((i * files.length) / most)]);
}

function readFile(path: string, names: string[]): NumberArray[] {
  try {
    if (/\.npy$/i.test(path)) return [readNpy(readFileSync(path))];
    if (!/\.json$/i.test(path)) throw new Error('expected a .npy or .json file, or a folder');
    const json = JSON.parse(readFileSync(path, 'utf8'));
    if (Array.isArray(json)) return [readNested(json)];
    if (names.length === 0) throw new Error('expected nested lists of numbers');
    const missing = names.find((name) => !Array.isArray(json?.[name]));
    if (missing) throw new Error(`expected a list of examples, or an object with one for '${missing}'`);
    return names.map((name) => readNested(json[name]));
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}.`);
  }
}

function stacked(parts: NumberArray[], files: string[]): NumberArray {
  const [{ shape }] = parts;
  const odd = parts.findIndex((part) => part.shape.join() !== shape.join());
  if (odd > 0)
    throw new Error(`${files[odd]}: expected the shape [${shape}] of ${files[0]}, found [${parts[odd].shape}].`);
  const values = new Float32Array(parts.length * parts[0].values.length);
  for (const [i, part] of parts.entries()) values.set(part.values, i * part.values.length);
  return { shape: [parts.length, ...shape], values };
}

/**
 * Images as the page takes them: the middle, in the proportions and the size of the
 * input.
 */
async function decoded(
  files: string[],
  { width, height, channels }: { width: number; height: number; channels: 1 | 3 },
  [black, white]: readonly [number, number],
): Promise<Float32Array> {
  const sharp = load('sharp') as typeof import('sharp') | undefined;
  if (!sharp) throw new Error("reading images needs the package 'sharp': npm install sharp");
  const size = width * height * channels;
  const values = new Float32Array(files.length * size);
  for (const [i, file] of files.entries()) {
    const image = sharp(file).rotate().removeAlpha().resize(width, height, { fit: 'cover' });
    const pixels = await (channels === 1 ? image.grayscale() : image.toColourspace('srgb'))
      .raw()
      .toBuffer()
      .catch((error: Error) => {
        throw new Error(`${file}: is not an image (${error.message}).`);
      });
    for (let p = 0; p < size; p++) values[i * size + p] = black + (pixels[p] / 255) * (white - black);
  }
  return values;
}
