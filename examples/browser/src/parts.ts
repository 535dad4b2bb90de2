/**
 * What the pages that `npx tfjs-compress page` writes are made of: the pad to draw on,
 * the way from a drawing to MNIST's form, the clock. They are no package's exports.
 */
export { centerByMass } from '../../../packages/tfjs-compress/src/page/client/centerByMass.js';
export { byId, make } from '../../../packages/tfjs-compress/src/page/client/dom.js';
export { drawingPad } from '../../../packages/tfjs-compress/src/page/client/drawingPad.js';
export { planesOn } from '../../../packages/tfjs-compress/src/page/client/image.js';
export { formatTime, medianTimer } from '../../../packages/tfjs-compress/src/page/client/timer.js';
