export type { Box, Detection, DetectOptions, Proposal } from '@tfjs-compress/math/internal';
export type { Detector } from './detection/Detector.js';
export { loadDetector } from './detection/loadDetector.js';
export type { ImageInput } from './detection/prepareImage.js';
export { UnsupportedLayerError } from './graph/UnsupportedLayerError.js';
export type { Artifacts, LoadOptions, Source } from './readSource.js';
