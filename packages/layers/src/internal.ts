/** What the other packages of this repository use; outside of semantic versioning. */
export { type Attachment, attach, isMarkedPruned, kernelAt, markPruned, openRun } from './attach.js';
export { metadataKey, type Run, shareRun } from './checkpoint.js';
export { isConvertible } from './compressible.js';
export { checkCompressionArgs } from './compressibleLayer.js';
export { checkFinite } from './finite.js';
export { hook } from './hook.js';
export { checkSelectors, type Selected, select } from './select.js';
export { eachLayer, findSites, layerOf, type Site, unknownKernels } from './sites.js';
export { checkModel, type Layer, secondCopy } from './tfjsCopy.js';
export { writeAsIs } from './writeAsIs.js';
