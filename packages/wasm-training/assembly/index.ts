export { depthwiseGradient } from './depthwise';
export { normalizeColumns, selectBetween, sumCenteredProducts } from './elements';
export { gemm, offsets, packedSize } from './gemm';
export { addPatches, frame } from './images';
export { avgPoolGradient, maxPoolGradient } from './pooling';
export { addTo, fillRows, sumRows, sumSegments, transposeMatrices } from './vectors';
