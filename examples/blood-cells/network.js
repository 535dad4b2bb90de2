/** How this HyperNet differs from the paper's: smaller pictures, windows of the sizes of blood cells, small heads. */
export const network = {
  levels: ['conv_pw_1_relu', 'conv_pw_5_relu', 'conv_pw_11_relu'],
  shortSide: 312,
  longSide: 416,
  candidates: { stride: 8, scales: [24, 34, 60, 80, 115], ratios: [0.8, 1.25] },
  roiSize: 7,
  proposalUnits: 64,
  detectionUnits: 256,
  training: { windows: 128, samples: 96, scored: 1000 },
};
