import type { Pixels } from './PictureSet.js';

/** Decodes a JPEG, PNG or WebP file with sharp (an optional peer dependency); errors name the file. */
export async function decodePicture(file: string): Promise<Pixels> {
  const sharp = await import('sharp').then(
    (module) => module.default,
    () => {
      throw new Error("Reading pictures in Node needs the package 'sharp': npm install sharp.");
    },
  );
  try {
    const { data, info } = await sharp(file).removeAlpha().toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
    return { data, width: info.width, height: info.height };
  } catch (error) {
    throw new Error(`${file}: cannot be decoded (${(error as Error).message}).`);
  }
}
