import { createHash } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import sharp from 'sharp';

/**
 * The images below a folder as Teachable Machine's models take them: the middle in the
 * proportions of the input, -1 to 1.
 *
 * @param shape [height, width, channels] of the model's input.
 */
export async function readImages(folder, [height, width, channels]) {
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new Error(`IMAGES: expected a folder, received '${folder}'.`);
  const files = readdirSync(folder, { recursive: true }).filter((name) => /\.(jpe?g|png|webp)$/i.test(name));
  if (files.length < 2)
    throw new Error(
      `IMAGES: expected at least two images (.jpg, .png, .webp), received ${files.length} in '${folder}'.`,
    );
  const size = height * width * channels;
  const values = new Float32Array(files.length * size);
  for (const [i, file] of shuffled(files).entries()) {
    const path = join(folder, file);
    const image = sharp(path).rotate().removeAlpha().resize(width, height, { fit: 'cover' });
    const scaled = channels === 1 ? image.grayscale() : image.toColourspace('srgb');
    const pixels = await scaled
      .raw()
      .toBuffer()
      .catch((error) => {
        throw new Error(`IMAGES: expected images, received '${path}': ${error.message}.`);
      });
    for (const [p, value] of pixels.entries()) values[i * size + p] = value / 127.5 - 1;
  }
  return tf.tensor(values, [files.length, height, width, channels]);
}

/**
 * Folders of classes come one after the other, so they are mixed; the same order each
 * time.
 */
function shuffled(files) {
  const key = (name) => createHash('sha256').update(name).digest('hex');
  return files
    .map((name) => [key(name), name])
    .toSorted()
    .map(([, name]) => name);
}
