import {
  detectAll,
  evaluateCoco,
  evaluateVoc,
  iou,
  pictureGrid,
  precisionRecallSvg,
  recallOfProposals,
  toBoxes,
} from '@tfjs-compress/detection';
import sharp from 'sharp';

const counts = [50, 100, 200, 300];
const shownWorst = 24;

/**
 * Everything that is reported of a detector: figures, precision over recall as SVG, the worst
 * misses as PNG.
 */
export async function report(detector, set) {
  const { detections, proposals } = await detectAll(detector, set, {
    onProgress: (done, of) => done % 100 === 0 && console.log(`Test: ${done} of ${of} pictures`),
  });
  const truth = set.pictures.map(({ objects }) => objects);
  const [voc2007, voc2010] = [2007, 2010].map((year) => evaluateVoc(detections, truth, { year }));
  const coco = evaluateCoco(detections, truth);
  const recalls = (overlap) =>
    Object.fromEntries(recallOfProposals(proposals, truth, counts, overlap).map((recall, i) => [counts[i], recall]));
  const figures = {
    map2007: voc2007.map,
    map2010: voc2010.map,
    coco,
    classes: Object.fromEntries(voc2010.classes.map((each) => [each.class, each.ap])),
    proposalRecall: { 0.5: recalls(0.5), 0.7: recalls(0.7) },
    scoreThreshold: detector.config.detect.scoreThreshold,
  };
  return { figures, curves: precisionRecallSvg(voc2010.classes), worst: await worstMisses(detector, set, detections) };
}

/**
 * Objects that nothing above the threshold overlaps by half are named 'missed: …'; what was shown
 * keeps its class.
 */
async function worstMisses(detector, set, detections) {
  const { scoreThreshold = 0.05 } = detector.config.detect;
  const rows = set.pictures.map((picture, i) => {
    const shown = detections[i].filter(({ score }) => score > scoreThreshold);
    const missed = picture.objects.filter(
      ({ box, class: name, difficult }) =>
        !difficult &&
        !shown.some((each) => each.class === name && iou(toBoxes([each.box]), 0, toBoxes([box]), 0) >= 0.5),
    );
    return { picture, shown, missed };
  });
  rows.sort((a, b) => b.missed.length - a.missed.length);
  const pictures = [];
  for (const { picture, shown, missed } of rows.slice(0, shownWorst)) {
    const named = missed.map(({ box, class: name }) => ({ box, class: `missed: ${name}` }));
    pictures.push({ pixels: await picture.load(), objects: [...shown, ...named] });
  }
  const { data, width, height } = pictureGrid(pictures, { columns: 6 });
  return sharp(data, { raw: { width, height, channels: 4 } })
    .png()
    .toBuffer();
}
