import {
  detectAll,
  evaluateCoco,
  evaluateVoc,
  precisionRecallSvg,
  recallOfProposals,
} from '@tfjs-compress/detection/evaluation';
import { worstMisses } from '../tools/worstMisses.mjs';

const counts = [50, 100, 200, 300];
const shownWorst = 24;
const curvePoints = 200;

/**
 * Everything that is reported of a detector: figures, precision over recall as SVG, the
 * worst misses as PNG.
 */
export async function report(detector, set) {
  const { detections, proposals } = await detectAll(detector, set, {
    // As the evaluators want them: with the many of low scores, too.
    scoreThreshold: 0.01,
    onProgress: (done, of) => done % 100 === 0 && console.log(`Test: ${done} of ${of} images`),
  });
  const truth = set.images.map(({ objects }) => objects);
  const [voc2007, voc2010] = [2007, 2010].map((year) => evaluateVoc(detections, truth, { year }));
  const coco = evaluateCoco(detections, truth);
  const recalls = (overlap) =>
    Object.fromEntries(recallOfProposals(proposals, truth, counts, overlap).map((recall, i) => [counts[i], recall]));
  const figures = {
    map2007: voc2007.map,
    map2010: voc2010.map,
    coco,
    classes: Object.fromEntries(voc2007.classes.map((each) => [each.class, each.ap])),
    proposalRecall: { 0.5: recalls(0.5), 0.7: recalls(0.7) },
    scoreThreshold: detector.config.detect.scoreThreshold,
  };
  const worst = await (await worstMisses(detector, set, detections, shownWorst)).png().toBuffer();
  return { figures, curves: precisionRecallSvg(voc2010.classes.map(thinned)), worst };
}

/** At most some 200 points of a curve, so that the picture is small. */
function thinned({ precision, recall, ...rest }) {
  const step = Math.ceil(recall.length / curvePoints);
  const isKept = (_, i) => i % step === 0 || i === recall.length - 1;
  return { ...rest, precision: precision.filter(isKept), recall: recall.filter(isKept) };
}
