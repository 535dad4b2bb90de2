/** The paper's windows and channels, for pictures of half its size and a trunk whose middle level has stride 8. */
export const network = {
  levels: ['conv_pw_1_relu', 'conv_pw_5_relu', 'conv_pw_11_relu'],
  shortSide: 300,
  longSide: 500,
  candidates: { stride: 16, scales: [24, 48, 96, 160, 240], ratios: [0.5, 1, 2] },
  roiSize: 7,
  proposalUnits: 128,
  detectionUnits: 512,
  training: { windows: 256, samples: 128, scored: 3000 },
  detect: { proposals: 300, refinements: 1 },
};
