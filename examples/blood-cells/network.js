/**
 * How this HyperNet differs from the paper's: smaller images, windows of the sizes of
 * blood cells, small heads.
 */
export const network = {
  levels: ['conv_pw_1_relu', 'conv_pw_5_relu', 'conv_pw_11_relu'],
  shortSide: 312,
  longSide: 416,
  candidates: { stride: 8, scales: [24, 34, 60, 80, 115], ratios: [0.8, 1.25] },
  roiSize: 7,
  proposalUnits: 64,
  detectionUnits: 256,
  // Chosen on the validation images: dropout and few objects a step make boxes loose
  // and scores low.
  dropout: 0,
  training: { windows: 128, samples: 128, positiveFraction: 0.5, scored: 3000 },
  // 300 proposals are classified, the most of the paper's range. Cells are many and
  // touch; how much proposals and cells may overlap was chosen on the validation images
  // (benchmarks/hypernet/detectOptions.mjs): the paper's .7 and the usual .5 find fewer.
  detect: { proposals: 300, proposalIouThreshold: 0.5, iouThreshold: 0.4, refinements: 1 },
};
