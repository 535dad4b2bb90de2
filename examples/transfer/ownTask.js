import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import sharp from 'sharp';

/**
 * A trunk and images of yours. The trunk is `folder`'s model without its head: the
 * first of a Teachable Machine export's two parts, else all but the last layer.
 * `images` holds a folder for each class. Returns { trunk, classes, sets: { train,
 * validation, test } }.
 */
export async function ownTask(folder, images) {
  if (!existsSync(join(folder, 'model.json'))) throw new Error(`${folder}: expected a folder with model.json.`);
  if (!images || !existsSync(images)) throw new Error('Usage: npm start -- MODEL IMAGES, two folders.');
  const model = await loadFolder(folder);
  const [first] = model.layers;
  const cut = first.layers ? first : tf.model({ inputs: model.inputs, outputs: model.layers.at(-2).output });
  const isMap = cut.outputs[0].shape.length === 4; // of features: their means are what the head gets
  const pooled = isMap ? tf.layers.globalAveragePooling2d({}).apply(cut.outputs[0]) : cut.outputs[0];
  const trunk = tf.model({ inputs: cut.inputs, outputs: pooled });
  const classes = readdirSync(images, { withFileTypes: true }).flatMap((each) => (each.isDirectory() ? each.name : []));
  if (classes.length < 2) throw new Error(`${images}: expected a folder for each class, found ${classes.length}.`);
  const [, height, width, channels] = trunk.inputs[0].shape.map((size) => size ?? 224);
  if (channels !== 3) throw new Error(`${folder}: expected a model of color images, received ${channels} channels.`);
  const sets = { train: [], validation: [], test: [] };
  for (const [label, name] of classes.entries()) {
    const files = readdirSync(join(images, name)).filter((file) => /\.(jpe?g|png|webp)$/i.test(file));
    if (files.length < 5) throw new Error(`${join(images, name)}: expected at least 5 images, found ${files.length}.`);
    for (const [i, file] of files.entries()) {
      const part = i % 5 === 3 ? 'validation' : i % 5 === 4 ? 'test' : 'train';
      sets[part].push({ label, pixels: await readImage(join(images, name, file), width, height) });
    }
  }
  const toTensors = (all) => ({
    xs: tf.stack(all.map(({ pixels }) => tf.tensor(pixels, [height, width, 3]))),
    ys: tf.cast(
      tf.oneHot(
        tf.tensor1d(
          all.map(({ label }) => label),
          'int32',
        ),
        classes.length,
      ),
      'float32',
    ),
  });
  return {
    trunk,
    classes,
    sets: Object.fromEntries(Object.entries(sets).map(([name, all]) => [name, toTensors(all)])),
  };
}

/** Node reads no model folders without tfjs-node; this does. */
function loadFolder(folder) {
  const { modelTopology, weightsManifest } = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8'));
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights);
  const files = weightsManifest.flatMap(({ paths }) => paths.map((path) => readFileSync(join(folder, path))));
  const weightData = Uint8Array.from(Buffer.concat(files)).buffer;
  return tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData }));
}

/**
 * The middle of an image as MobileNet and Teachable Machine take it: RGB from -1 to 1.
 */
async function readImage(file, width, height) {
  const image = sharp(file).rotate().removeAlpha().toColourspace('srgb');
  const resized = image.resize(width, height, { fit: 'cover' }).raw();
  const bytes = await resized.toBuffer().catch(({ message }) => {
    throw new Error(`${file}: expected an image: ${message}.`);
  });
  return Float32Array.from(bytes, (value) => value / 127.5 - 1);
}
