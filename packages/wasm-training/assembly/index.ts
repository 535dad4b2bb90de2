export { depthwiseGradient } from './depthwise';
export { normalizeColumns, selectBetween, selectElements, squareGradient, sumCenteredProducts } from './elements';
export { gemm, offsets, packedSize } from './gemm';
export { addPatches, frame } from './images';
export { avgPoolGradient, maxPoolGradient } from './pooling';
export { addTo, copyRows, fillRows, gatherRows, sumRows, sumSegments, transposeMatrices } from './vectors';
