export type { Box, Detection, DetectOptions, Proposal } from '@tfjs-compress/math/detection';
export type { Detector } from './detection/Detector.js';
export { loadDetector } from './detection/loadDetector.js';
export type { Picture } from './detection/preparePicture.js';
export { UnsupportedLayerError } from './graph/UnsupportedLayerError.js';
export type { Artifacts, LoadOptions, Source } from './readSource.js';
