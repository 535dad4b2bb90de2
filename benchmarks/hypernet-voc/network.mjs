import { trunkOf } from '@tfjs-compress/detection';

/**
 * The paper's channels and a bin of its windows for images of half its size, and
 * smaller heads.
 */
const common = {
  roiSize: 7,
  proposalUnits: 128,
  detectionUnits: 256,
  detect: { proposals: 300, refinements: 1 },
};

/**
 * How the network differs from the paper's, by trunk. Six scales instead of five, as
 * k-means of the training boxes has them (anchors.mjs): best windows overlap objects by
 * .74 instead of .71.
 */
const networks = {
  /** Cut at stride 16: the middle level, and with it the Hyper Feature, has stride 8. */
  mobilenet: {
    ...common,
    levels: ['conv_pw_1_relu', 'conv_pw_5_relu', 'conv_pw_11_relu'],
    shortSide: 300,
    longSide: 500,
    candidates: { stride: 16, scales: [20, 36, 64, 110, 180, 270], ratios: [0.5, 1, 2] },
    training: { windows: 256, samples: 128, scored: 3000 },
  },
  /** To its last block, whose map knows the most about classes and has stride 32. */
  efficientnet: {
    ...common,
    levels: ['block4_add', 'block10_add', 'block15_project_bn'],
    shortSide: 384,
    longSide: 640,
    candidates: { stride: 16, scales: [26, 46, 82, 141, 230, 346], ratios: [0.5, 1, 2] },
    training: { windows: 128, samples: 64, scored: 3000 },
  },
};

/**
 * What compression leaves as it is: first convolutions and depthwise kernels, about 1% of
 * the weights.
 */
const delicate = {
  mobilenet: ['conv1', 'conv_dw*'],
  efficientnet: ['stem_conv', '*depthwise_conv'],
};

export const names = Object.keys(networks);

/** @param trunk The model that --trunk holds. */
export function networkOf(name, trunk) {
  const { levels } = networks[name];
  return { ...networks[name], trunk: trunkOf(trunk, { levels }), delicate: delicate[name] };
}
