import { imageGrid } from '@tfjs-compress/detection';
import { iou, toBoxes } from '@tfjs-compress/detection/boxes';
import sharp from 'sharp';

/**
 * The images with the most missed objects as a grid, for sharp. Objects that nothing
 * above the detector's score overlaps by half have their class written beside them; what
 * was shown has a frame alone, so that the image can be seen.
 *
 * @param detections Of each of the set's images.
 * @param count How many images.
 * @param options Those of imageGrid().
 */
export async function worstMisses(detector, set, detections, count, options = { columns: 6 }) {
  const { scoreThreshold = 0.05 } = detector.config.detect;
  const rows = set.images.map((image, i) => {
    const shown = detections[i].filter(({ score }) => score > scoreThreshold);
    return { image, shown, missed: image.objects.filter((object) => isMissed(object, shown)) };
  });
  rows.sort((a, b) => b.missed.length - a.missed.length);
  const images = [];
  for (const { image, shown, missed } of rows.slice(0, count)) {
    const named = missed.map(({ box, class: name }) => ({ box, class: `missed: ${name}` }));
    images.push({ pixels: await image.load(), objects: [...shown, ...named] });
  }
  const { data, width, height } = imageGrid(images, { ...options, label });
  return sharp(data, { raw: { width, height, channels: 4 } });
}

function isMissed({ box, class: name, difficult }, shown) {
  const ofClass = shown.filter((each) => each.class === name);
  return !difficult && !ofClass.some((each) => iou(toBoxes([each.box]), 0, toBoxes([box]), 0) >= 0.5);
}

function label({ class: name, score }) {
  return score === undefined ? name.replace('missed: ', '') : '';
}
