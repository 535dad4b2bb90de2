import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import sharp from 'sharp';

const size = 224;

/** The pictures below a folder as Teachable Machine's models take them: the middle square, 224×224, -1 to 1. */
export async function readPictures(folder) {
  const files = readdirSync(folder, { recursive: true }).filter((name) => /\.(jpe?g|png|webp)$/i.test(name));
  if (files.length < 2) throw new Error(`${folder}: expected at least two pictures, found ${files.length}.`);
  const values = new Float32Array(files.length * size * size * 3);
  for (const [i, file] of shuffled(files).entries()) {
    const picture = sharp(join(folder, file)).rotate().removeAlpha().toColourspace('srgb');
    const pixels = await picture.resize(size, size, { fit: 'cover' }).raw().toBuffer();
    for (const [p, value] of pixels.entries()) values[i * pixels.length + p] = value / 127.5 - 1;
  }
  return tf.tensor(values, [files.length, size, size, 3]);
}

/** Folders of classes come one after the other, so they are mixed; the same order each time. */
function shuffled(files) {
  const key = (name) => createHash('sha256').update(name).digest('hex');
  return files
    .map((name) => [key(name), name])
    .toSorted()
    .map(([, name]) => name);
}
